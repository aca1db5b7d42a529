import { useMemo, useState } from 'react';
import type { HistoryEvent } from '../core/history';
import { formatCount } from './format';
import { type HistoryLine, historyLines } from './history-lines';
import { HistoryRow } from './history-row';

/** A longer history is shown by its beginning and its end. */
const longestShown = 500;
const firstShown = 100;
const lastShown = 300;

interface HistoryTableProps {
  history: readonly HistoryEvent[];
  onSelect: (id: string) => void;
}

export function HistoryTable({ history, onSelect }: HistoryTableProps) {
  const [all, setAll] = useState(false);
  const lines = useMemo(() => historyLines(history), [history]);
  const isCut = !all && lines.length > longestShown;
  const rows = (some: readonly HistoryLine[]) =>
    some.map((line) => <HistoryRow key={line.index} line={line} onSelect={onSelect} />);

  return (
    <table className="pd-history">
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">Time</th>
          <th scope="col">Event</th>
          <th scope="col">Details</th>
        </tr>
      </thead>
      {isCut ? (
        <>
          <tbody>{rows(lines.slice(0, firstShown))}</tbody>
          <tbody>
            <tr className="pd-cut">
              <td colSpan={4}>
                <button type="button" className="pd-button" onClick={() => setAll(true)}>
                  Show {formatCount(lines.length - firstShown - lastShown)} events between
                </button>
              </td>
            </tr>
          </tbody>
          <tbody>{rows(lines.slice(-lastShown))}</tbody>
        </>
      ) : (
        <tbody>{rows(lines)}</tbody>
      )}
    </table>
  );
}
