import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useAction } from '../parts/use-action';
import { selectInstance } from '../place';

interface StartFormProps {
  /** What the button says. */
  action?: string;
  /** What is wrong with the input, in words. It is shown once somebody tries to start. */
  problem: string | undefined;
  /** Starts the process and gives the instance's id. */
  start: () => Promise<string>;
  children: ReactNode;
}

export function StartForm({ action = 'Start', problem, start, children }: StartFormProps) {
  const { act, isBusy, error } = useAction();
  const [hasTried, setTried] = useState(false);
  const problemId = useId();
  const shown = (hasTried && problem) || error;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(problem !== undefined);
    if (problem === undefined) void act(async () => selectInstance(await start()));
  };

  return (
    <form className="start" onSubmit={submit} noValidate aria-describedby={shown ? problemId : undefined}>
      <div className="fields">
        {children}
        <button type="submit" className="primary" disabled={isBusy}>
          {action}
        </button>
      </div>
      {shown && (
        <p id={problemId} className="problem" role="alert">
          {shown}
        </p>
      )}
    </form>
  );
}
