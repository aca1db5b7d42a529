import type { ReactNode } from 'react';
import { type Instance, type Name, useInstances } from '../client';
import { formatTime } from '../parts/format';
import { StatusDot } from '../parts/status-dot';
import { selectInstance, usePlace } from '../place';
import { Run } from './run';

interface RunsProps<N extends Name> {
  name: N;
  /** What the process shows of an instance. */
  children?: (instance: Instance<N>) => ReactNode;
}

/** The last instances of a process, and one of them at work: the selected one, or else the newest. */
export function Runs<N extends Name>({ name, children }: RunsProps<N>) {
  const { state, instances, error } = useInstances({ name, limit: 5 });
  const { instance: selected } = usePlace();
  if (state === 'error') return <p className="problem">{error?.message}</p>;
  const shown = instances.find(({ instanceId }) => instanceId === selected) ?? instances[0];
  if (!shown) return null;
  return (
    <section className="runs" aria-label={`Instances of ${name}`}>
      {instances.length > 1 && (
        <div className="run-picker">
          {instances.map(({ instanceId, runtimeStatus, createdTime }) => (
            <button
              key={instanceId}
              type="button"
              className="quiet"
              aria-pressed={instanceId === shown.instanceId}
              onClick={() => selectInstance(instanceId)}
            >
              <StatusDot status={runtimeStatus} />
              {formatTime(createdTime)}
            </button>
          ))}
        </div>
      )}
      <Run key={shown.instanceId} instance={shown}>
        {children?.(shown)}
      </Run>
    </section>
  );
}
