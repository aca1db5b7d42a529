import type { DragEvent, ReactNode } from 'react';

interface FilePickerProps {
  accept?: string;
  multiple?: boolean;
  onTake: (files: Iterable<File>) => void;
  /** Why some were not taken. */
  refused?: string | undefined;
  /** What was taken, or else what to do. */
  children: ReactNode;
}

/** Takes files: they are chosen, or dropped here. */
export function FilePicker({ accept, multiple = false, onTake, refused, children }: FilePickerProps) {
  const drop = (event: DragEvent) => {
    event.preventDefault();
    onTake(event.dataTransfer.files);
  };
  return (
    <label className="drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <input type="file" accept={accept} multiple={multiple} onChange={(event) => onTake(event.target.files ?? [])} />
      <strong>{children}</strong>
      {refused && <span className="problem">{refused}</span>}
    </label>
  );
}
