import { StatusView } from 'perdure/devtools';
import { noteCall } from './calls';
import { client } from './client';
import { Gallery } from './gallery/gallery';
import { CallsPanel } from './panels/calls-panel';
import { Header } from './panels/header';
import { PanelTabs } from './panels/panel-tabs';
import { selectInstance, usePlace } from './place';

export function App() {
  const { instance, panel } = usePlace();
  return (
    <>
      <Header />
      <main data-panel={panel}>
        <Gallery />
        <div className="beside">
          <section className="instances" aria-label="Instances">
            <StatusView client={client} selected={instance} onSelect={selectInstance} onCall={noteCall} />
          </section>
          <CallsPanel />
        </div>
      </main>
      <PanelTabs panel={panel} />
    </>
  );
}
