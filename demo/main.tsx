import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import './styles/base.css';
import './styles/page.css';
import './styles/gallery.css';
import './styles/code.css';

const root = createRoot(document.getElementById('root')!);
// In one go: the hub comes up meanwhile, and what it tells would make React begin anew.
flushSync(() =>
  root.render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
);
