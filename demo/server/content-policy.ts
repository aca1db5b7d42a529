/**
 * What the built demo's page and its workers may do, by a content security policy. It stands in the page, where it holds
 * on any host that serves files; and the preview server sends it with every file, since a worker goes by what came with
 * its own file and not by its page's policy. Vite's server of the sources puts scripts and styles into the page, and has
 * none.
 */
import type { Plugin } from 'vite';

const directives = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  // Pictures that activities have made are shown from memory.
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** What a page cannot say of itself. */
const headerOnly = ["frame-ancestors 'none'"];

const headers = {
  'content-security-policy': [...directives, ...headerOnly].join('; '),
  'x-content-type-options': 'nosniff',
};

export function contentPolicy(): Plugin[] {
  return [
    {
      name: 'perdure-demo-policy-in-page',
      apply: 'build',
      transformIndexHtml: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: directives.join('; ') },
          // Before anything that it is about.
          injectTo: 'head-prepend',
        },
      ],
    },
    {
      name: 'perdure-demo-policy-as-header',
      configurePreviewServer({ middlewares }) {
        middlewares.use((_, response, next) => {
          for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
          next();
        });
      },
    },
  ];
}
