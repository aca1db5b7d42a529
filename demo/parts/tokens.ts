/** Cuts TypeScript into what is worth a colour. It knows as much of the language as the sources on this page need. */
const token = new RegExp(
  [
    String.raw`(?<comment>\/\*[\s\S]*?\*\/|\/\/.*)`,
    String.raw`(?<string>'(?:\\.|[^'\\\n])*'|\`(?:\\.|[^\`\\])*\`)`,
    String.raw`(?<keyword>\b(?:as|async|await|const|export|for|from|function|if|import|in|interface|let|new|of|return|throw|try|catch|type|typeof|yield)\b\*?)`,
    String.raw`(?<call>\b[a-z]\w*(?=\())`,
    String.raw`(?<number>\b\d[\d_.]*\b)`,
  ].join('|'),
  'g',
);

export function tokensOf(source: string): { kind?: string; text: string }[] {
  const tokens: { kind?: string; text: string }[] = [];
  let end = 0;
  for (const { 0: text, index, groups = {} } of source.matchAll(token)) {
    if (index > end) tokens.push({ text: source.slice(end, index) });
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    tokens.push({ ...(kind && { kind }), text });
    end = index + text.length;
  }
  if (end < source.length) tokens.push({ text: source.slice(end) });
  return tokens;
}
