/** An id that leads to its instance. */
export function IdLink({ id, onSelect }: { id: string; onSelect: (id: string) => void }) {
  return (
    <button type="button" className="pd-link pd-id" onClick={() => onSelect(id)}>
      {id}
    </button>
  );
}
