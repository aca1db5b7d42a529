import { type ReactNode, type SubmitEvent, useId, useState } from 'react';
import { useAction } from '../parts/use-action';
import { selectInstance } from '../place';

interface StartFormProps {
  /** What the button says. */
  action?: string;
  /** What a second button says, which starts the process and reloads the page at once. */
  reloading?: string;
  /** What is wrong with the input, in words. It is shown once somebody tries to start. */
  problem: string | undefined;
  /** Starts the process and gives the instance's id. */
  start: () => Promise<string>;
  children: ReactNode;
}

export function StartForm({ action = 'Start', reloading, problem, start, children }: StartFormProps) {
  const { act, isBusy, error } = useAction();
  const [hasTried, setTried] = useState(false);
  const problemId = useId();
  const shown = (hasTried && problem) || error;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(problem !== undefined);
    if (problem !== undefined) return;
    const isReloading = event.nativeEvent.submitter?.dataset.then === 'reload';
    void act(async () => {
      selectInstance(await start());
      if (isReloading) location.reload();
    });
  };

  return (
    <form className="start" onSubmit={submit} noValidate aria-describedby={shown ? problemId : undefined}>
      <div className="fields">
        {children}
        <button type="submit" className="primary" disabled={isBusy}>
          {action}
        </button>
        {reloading && (
          <button type="submit" data-then="reload" disabled={isBusy}>
            {reloading}
          </button>
        )}
      </div>
      {shown && (
        <p id={problemId} className="problem" role="alert">
          {shown}
        </p>
      )}
    </form>
  );
}
