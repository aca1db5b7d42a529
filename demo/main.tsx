import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { client } from './client';
import './styles/base.css';
import './styles/page.css';
import './styles/gallery.css';
import './styles/code.css';

// For the console. Under both names, so that a call copied from the page runs there as it is.
Object.assign(window, { durable: client, client });

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
