import { tokensOf } from './tokens';

/** A piece of TypeScript with light colours. */
export function Code({ text }: { text: string }) {
  let at = 0;
  return (
    <code>
      {tokensOf(text).map(({ kind, text }) => {
        const key = at;
        at += text.length;
        return kind ? (
          <span key={key} className={kind}>
            {text}
          </span>
        ) : (
          text
        );
      })}
    </code>
  );
}
