import type { Instance } from '../client';
import { isActive } from './is-active';

/** The point of the product: what runs outlasts the page. */
export function ReloadHint({ instance }: { instance: Instance }) {
  const { createdTime, lastUpdatedTime } = instance;
  const hasOutlivedReload = createdTime.getTime() < performance.timeOrigin;
  if (!isActive(instance)) {
    const endedHere = lastUpdatedTime.getTime() > performance.timeOrigin;
    return hasOutlivedReload && endedHere ? (
      <p className="hint">It was started before this page was loaded, and went on to its end.</p>
    ) : null;
  }
  return (
    <div className="hint">
      <p>
        {hasOutlivedReload
          ? 'It was started before this page was loaded, and goes on. Do it again, or close the tab and come back.'
          : 'Reload this page now: it goes on.'}
      </p>
      <button type="button" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}
