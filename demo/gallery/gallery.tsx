import { Activity } from 'react';
import { usePlace } from '../place';
import { ProcessNav } from './process-nav';
import { processes } from './processes';

/** One process at a time. The others keep what was typed into them, but follow nothing while they are hidden. */
export function Gallery() {
  const { process } = usePlace();
  const current = processes.find(({ slug }) => slug === process) ?? processes[0];
  return (
    <section className="gallery" aria-label="Gallery">
      <ProcessNav current={current} />
      {processes.map(({ slug, title, Card }) => (
        <Activity key={slug} mode={slug === current.slug ? 'visible' : 'hidden'}>
          <article id={slug} className="card" aria-label={title}>
            <h2>{title}</h2>
            <Card />
          </article>
        </Activity>
      ))}
    </section>
  );
}
