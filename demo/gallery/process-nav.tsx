import { useEffect, useRef } from 'react';
import { useInstances } from '../client';
import { counted } from '../parts/format';
import { type Process, processes } from './processes';

const active = { runtimeStatus: ['Pending', 'Running', 'Suspended'] } as const;

/** Leads to the processes, and tells which of them have something running. */
export function ProcessNav({ current }: { current: Process }) {
  const { instances } = useInstances(active);
  const nav = useRef<HTMLElement>(null);

  // On a phone there is not room for all of them.
  useEffect(() => {
    const link = nav.current?.querySelector(`[href="#${current.slug}"]`);
    link?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current.slug]);

  return (
    <nav ref={nav} className="process-nav" aria-label="Processes">
      {processes.map((process) => {
        const running = instances.filter(({ name }) => process.orchestrations.includes(name)).length;
        return (
          <a
            key={process.slug}
            href={`#${process.slug}`}
            aria-label={running > 0 ? `${process.title}, ${counted(running, 'instance')} running` : process.title}
            aria-current={process === current ? 'page' : undefined}
            onClick={() => scrollTo(0, 0)}
          >
            {process.label ?? process.title}
            {running > 0 && <span className="running-mark" />}
          </a>
        );
      })}
    </nav>
  );
}
