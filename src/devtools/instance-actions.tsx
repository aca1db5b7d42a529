/** What can be done with an instance as it stands: a row of buttons, each with what it has to ask before it acts. */
import { type ComponentType, useEffect, useRef, useState } from 'react';
import type { ActionProps } from './action';
import { type AnyInstance, isEnded } from './client';
import { ExportButton } from './export-button';
import { PurgeForm } from './purge-form';
import { RaiseEventForm } from './raise-event-form';
import { ReasonForm } from './reason-form';
import { RestartForm } from './restart-form';
import { TerminateForm } from './terminate-form';

/** The actions that ask first, by what their buttons say. */
const forms = {
  Suspend: (props) => (
    <ReasonForm {...props} method="suspend" label="Suspend">
      What comes meanwhile is kept, and played when it is resumed.
    </ReasonForm>
  ),
  Resume: (props) => (
    <ReasonForm {...props} method="resume" label="Resume">
      {props.instance.parked
        ? 'It is tried again with the code that runs now.'
        : 'It goes on with what has come meanwhile.'}
    </ReasonForm>
  ),
  Rewind: (props) => (
    <ReasonForm {...props} method="rewind" label="Rewind">
      It goes on from before what made it fail: that is tried again, and results that it has had are kept.
    </ReasonForm>
  ),
  Restart: RestartForm,
  Terminate: TerminateForm,
  Purge: PurgeForm,
} satisfies Record<string, ComponentType<ActionProps>>;

type FormName = keyof typeof forms;

export function InstanceActions(props: ActionProps) {
  const { instance } = props;
  const [open, setOpen] = useState<FormName>();
  const bar = useRef<HTMLDivElement>(null);
  const offered = actionsFor(instance);
  const isGone = open !== undefined && !offered.includes(open);
  const Form = open === undefined || isGone ? undefined : forms[open];

  // The instance stands otherwise now, mostly because of the form: it goes, and the focus stays among the actions.
  useEffect(() => {
    if (!isGone) return;
    setOpen(undefined);
    if (document.activeElement === document.body) bar.current?.querySelector('button')?.focus();
  }, [isGone]);

  return (
    <>
      {!isEnded(instance) && <RaiseEventForm {...props} />}
      <div className="pd-actions" ref={bar}>
        {offered.map((name) => (
          <button
            key={name}
            type="button"
            className="pd-button"
            aria-expanded={name === open}
            onClick={() => setOpen(name === open ? undefined : name)}
          >
            {name}…
          </button>
        ))}
        <ExportButton {...props} />
      </div>
      {Form && <Form key={open} {...props} />}
    </>
  );
}

function actionsFor(instance: AnyInstance): readonly FormName[] {
  if (isEnded(instance))
    return instance.runtimeStatus === 'Failed' ? ['Rewind', 'Restart', 'Purge'] : ['Restart', 'Purge'];
  return [
    ...(instance.suspended ? [] : ['Suspend' as const]),
    ...(isHeld(instance) ? ['Resume' as const] : []),
    'Terminate',
  ];
}

function isHeld({ suspended, parked }: AnyInstance): boolean {
  return suspended !== undefined || parked !== undefined;
}
