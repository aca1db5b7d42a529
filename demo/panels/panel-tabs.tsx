import { type Panel, panels, showPanel } from '../place';

const titles: Record<Panel, string> = { gallery: 'Gallery', instances: 'Instances', calls: 'Calls' };

/** On a phone, one panel is shown at a time. */
export function PanelTabs({ panel }: { panel: Panel }) {
  const show = (next: Panel) => {
    showPanel(next);
    scrollTo(0, 0);
  };
  return (
    <nav className="panel-tabs" aria-label="Panels">
      {panels.map((each) => (
        <button key={each} type="button" aria-current={each === panel ? 'page' : undefined} onClick={() => show(each)}>
          {titles[each]}
        </button>
      ))}
    </nav>
  );
}
