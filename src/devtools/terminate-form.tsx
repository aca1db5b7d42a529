import { useState } from 'react';
import type { ActionProps } from './action';
import { ReasonForm } from './reason-form';

/** Ends an instance, and if it is wanted the children that it waits for. */
export function TerminateForm(props: ActionProps) {
  const [recursive, setRecursive] = useState(false);
  const hasChildren = props.instance.waitsFor.some(({ kind }) => kind === 'subOrchestration');
  return (
    <ReasonForm
      {...props}
      method="terminate"
      label="Terminate"
      isDanger
      options={hasChildren && recursive ? { recursive } : undefined}
    >
      {hasChildren && (
        <label className="pd-check">
          <input type="checkbox" checked={recursive} onChange={(event) => setRecursive(event.target.checked)} />
          and its children
        </label>
      )}
    </ReasonForm>
  );
}
