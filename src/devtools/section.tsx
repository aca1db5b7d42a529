import type { ReactNode } from 'react';

/** A part of the details, under its title. */
export function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className="pd-section">
      <h3>
        {title}
        {note !== undefined && <span className="pd-note">{note}</span>}
      </h3>
      <div className="pd-body">{children}</div>
    </section>
  );
}
