/**
 * The looks. `light-dark()` follows the `color-scheme` of the page around; each `--_` property is its public namesake
 * without the underscore where the page sets one.
 */
export const styles = `
.pd-root {
  --_font: var(--pd-font, system-ui, sans-serif);
  --_mono: var(--pd-font-mono, ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace);
  --_background: var(--pd-background, light-dark(#ffffff, #16181b));
  --_surface: var(--pd-surface, light-dark(#f6f7f8, #1c1f23));
  --_hover: var(--pd-hover, light-dark(#eff1f3, #23272c));
  --_border: var(--pd-border, light-dark(#dfe2e6, #30353b));
  --_field: var(--pd-field, light-dark(#868e98, #6d757f));
  --_text: var(--pd-text, light-dark(#1a1d21, #e6e8eb));
  --_muted: var(--pd-muted, light-dark(#5b636d, #9aa3ae));
  --_accent: var(--pd-accent, light-dark(#2855d9, #86a4ff));
  --_on-accent: var(--pd-on-accent, light-dark(#ffffff, #10131a));
  --_running: var(--pd-running, light-dark(#1d5fc4, #74aaff));
  --_good: var(--pd-good, light-dark(#18733f, #57c28a));
  --_bad: var(--pd-bad, light-dark(#b9281f, #ff8379));
  --_warning: var(--pd-warning, light-dark(#8a5600, #e0ac4d));
  --_radius: var(--pd-radius, 6px);

  container: pd-root / inline-size;
  block-size: 100%;
  background: var(--_background);
  color: var(--_text);
  font: 400 13px/1.5 var(--_font);
  font-variant-numeric: tabular-nums;
  text-align: start;
  -webkit-text-size-adjust: 100%;
}
.pd-root *, .pd-root *::before { box-sizing: border-box; }
.pd-root :where(section, search, h2, h3, p, ul, li, dl, dt, dd, pre, fieldset, label, details, summary, table, th, td) { margin: 0; padding: 0; border: 0; min-inline-size: 0; background: none; }
.pd-root :where(ul) { list-style: none; }
.pd-root :where(button, input, select) { font: inherit; color: inherit; letter-spacing: inherit; }
.pd-root :where(b) { font-weight: 600; }
/* Characters that turn the direction of writing, in an id or a value, turn nothing but that. */
.pd-root :where(span, b) { unicode-bidi: isolate; }
.pd-root :focus-visible { outline: 2px solid var(--_accent); outline-offset: 1px; }
.pd-root .pd-hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.pd-muted, .pd-note, .pd-count { color: var(--_muted); }
.pd-mono, .pd-id, .pd-value, .pd-pre { font-family: var(--_mono); font-size: 12px; }
.pd-id { overflow-wrap: anywhere; }

/* Panes */
.pd-panes { display: grid; grid-template: minmax(0, 1fr) / clamp(300px, 34%, 440px) minmax(0, 1fr); block-size: 100%; max-block-size: var(--pd-max-height, 100dvh); background: var(--_background); }
.pd-pane { display: flex; flex-direction: column; min-block-size: 0; min-inline-size: 0; }
.pd-scroll { flex: 1; min-block-size: 0; overflow: auto; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--_border) transparent; }
.pd-list { border-inline-end: 1px solid var(--_border); background: var(--_surface); }
.pd-details:focus { outline: none; }
.pd-details .pd-scroll { padding: 16px 20px 32px; }
.pd-empty { padding: 40px 20px; color: var(--_muted); text-align: center; }
.pd-root .pd-empty .pd-button { margin-block-start: 10px; color: var(--_text); }
.pd-late { animation: pd-late 0.4s step-end; }
@keyframes pd-late { from { visibility: hidden; } }

/* Headings */
.pd-root h2 { font-size: 15px; font-weight: 600; line-height: 1.4; overflow-wrap: anywhere; }
.pd-root h3 { font-size: 12px; font-weight: 600; color: var(--_muted); }
.pd-note { margin-inline-start: 8px; font-weight: 400; }
.pd-title-row { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 8px; }
.pd-hub { margin-inline-start: auto; color: var(--_muted); font-size: 12px; }
.pd-hub summary { cursor: pointer; }
.pd-hub[open] { order: 1; flex-basis: 100%; }
.pd-hub .pd-facts { padding-block: 6px 2px; overflow-wrap: anywhere; }
.pd-hub-wide { order: 2; flex-basis: 100%; }

/* Controls */
.pd-root :is(.pd-button, .pd-input, .pd-chip) { min-block-size: 30px; border: 1px solid var(--_border); border-radius: var(--_radius); background: var(--_background); }
.pd-root :is(.pd-button, .pd-chip) { display: inline-flex; align-items: center; justify-content: center; gap: 5px; cursor: pointer; white-space: nowrap; transition: background-color 0.1s; }
.pd-root :is(.pd-button, .pd-chip):hover { background: var(--_hover); }
.pd-root .pd-button { padding: 0 12px; font-weight: 500; }
.pd-root .pd-button:disabled { opacity: 0.6; cursor: default; }
.pd-root .pd-small { min-block-size: 22px; padding: 0 8px; font-size: 12px; }
.pd-root .pd-primary { border-color: transparent; background: var(--_accent); color: var(--_on-accent); }
.pd-root .pd-primary:hover { background: color-mix(in oklab, var(--_accent) 88%, var(--_text)); }
.pd-root .pd-danger { border-color: color-mix(in oklab, var(--_bad) 45%, transparent); color: var(--_bad); }
.pd-root .pd-danger:hover { background: color-mix(in oklab, var(--_bad) 10%, var(--_background)); }
.pd-root .pd-input { inline-size: 100%; padding: 0 9px; border-color: var(--_field); }
.pd-root .pd-input::placeholder { color: var(--_muted); opacity: 1; }
.pd-root .pd-mono.pd-input { font: 12px/1.5 var(--_mono); }
.pd-root .pd-link { padding: 0; border: 0; background: none; color: var(--_accent); text-align: start; text-decoration: underline; text-decoration-color: color-mix(in oklab, var(--_accent) 40%, transparent); text-underline-offset: 2px; cursor: pointer; }
.pd-root .pd-link:hover { text-decoration-color: currentColor; }
.pd-root .pd-chip { min-block-size: 24px; padding: 0 8px 0 6px; border-radius: 12px; font-size: 12px; }
.pd-root .pd-chip[aria-pressed=true] { border-color: var(--_accent); background: color-mix(in oklab, var(--_accent) 12%, var(--_background)); }

/* The list */
.pd-list-header { display: grid; gap: 10px; padding: 14px 12px 10px; border-block-end: 1px solid var(--_border); }
.pd-filter { display: grid; gap: 8px; }
.pd-filter .pd-field { inline-size: auto; }
.pd-filter-more { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(195px, 100%), 1fr)); gap: 8px; padding-block-start: 6px; }
.pd-list-header .pd-form { padding-block: 2px 4px; }
.pd-root .pd-input[type=file] { padding-block: 3px; }
.pd-root .pd-input[type=datetime-local] { min-inline-size: 0; padding-inline: 6px; font-size: 12px; }
.pd-filter-row { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
.pd-chips { display: flex; flex-wrap: wrap; gap: 5px; }
.pd-row { content-visibility: auto; contain-intrinsic-block-size: auto 49px; border-block-end: 1px solid var(--_border); }
.pd-row button { display: grid; grid-template-columns: 16px minmax(0, 1fr) auto; gap: 0 8px; align-items: center; inline-size: 100%; padding: 6px 12px; border: 0; background: none; text-align: start; cursor: pointer; }
.pd-row button:hover { background: var(--_hover); }
.pd-row button:focus-visible { outline-offset: -2px; }
.pd-row button[aria-current=true] { background: color-mix(in oklab, var(--_accent) 12%, var(--_background)); box-shadow: inset 3px 0 var(--_accent); }
.pd-row .pd-icon { grid-row: 1 / 3; }
.pd-row-name, .pd-row-id { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.pd-row-name { font-weight: 500; }
.pd-row-id { color: var(--_muted); font: 11.5px/1.5 var(--_mono); }
.pd-row-age, .pd-row-status { font-size: 12px; text-align: end; }
.pd-row-age { color: var(--_muted); }
.pd-root .pd-show-more { display: flex; margin: 12px auto; }

/* Status */
.pd-icon { flex: none; inline-size: 14px; block-size: 14px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.pd-row .pd-icon { inline-size: 16px; block-size: 16px; }
.pd-icon.pd-is-running path, .pd-icon.pd-is-terminated path { fill: currentColor; stroke: none; }
.pd-badge { display: inline-flex; align-items: center; gap: 5px; padding: 1px 9px 1px 6px; border-radius: 12px; background: color-mix(in oklab, currentColor 11%, transparent); font-size: 12px; font-weight: 500; }
.pd-is-pending { color: var(--_muted); }
.pd-is-running { color: var(--_running); }
.pd-is-suspended, .pd-is-terminated { color: var(--_warning); }
.pd-is-completed { color: var(--_good); }
.pd-is-failed { color: var(--_bad); }

/* Details */
.pd-root .pd-back { display: none; }
.pd-details-header { display: grid; gap: 6px; padding-block-end: 14px; }
.pd-details-header h2 { font-size: 17px; }
.pd-id-row { display: flex; align-items: center; gap: 8px; color: var(--_muted); }
.pd-facts { display: flex; flex-wrap: wrap; gap: 2px 20px; }
.pd-facts > div { display: flex; gap: 6px; min-inline-size: 0; }
.pd-facts dt { flex: none; color: var(--_muted); }
.pd-facts > .pd-tag { gap: 4px; padding: 0 8px; border: 1px solid var(--_border); border-radius: 12px; font-size: 12px; overflow-wrap: anywhere; }
.pd-kin { display: grid; gap: 4px; }
.pd-kin li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; }
.pd-kin .pd-badge { align-self: center; }
.pd-section { display: grid; grid-template-columns: 104px minmax(0, 1fr); gap: 4px 16px; padding-block: 12px; border-block-start: 1px solid var(--_border); }
.pd-section h3 { padding-block-start: 1px; }
.pd-section:has(.pd-history) { grid-template-columns: minmax(0, 1fr); }
.pd-waits { display: grid; gap: 2px; }
.pd-progress { display: flex; align-items: center; gap: 8px; overflow-wrap: anywhere; }
.pd-progress progress { flex: none; width: 120px; accent-color: var(--_accent); }
.pd-notice { padding: 8px 12px; border: 1px solid color-mix(in oklab, currentColor 35%, transparent); border-radius: var(--_radius); background: color-mix(in oklab, currentColor 7%, transparent); overflow-wrap: anywhere; }
.pd-bad { color: var(--_bad); }
.pd-held { display: grid; gap: 4px; color: var(--_warning); }
.pd-held p { color: var(--_text); }
.pd-held strong { color: var(--_warning); }
.pd-list .pd-scroll > .pd-notice { margin: 12px; }
.pd-details .pd-scroll > .pd-notice { margin-block-end: 14px; }

/* Forms */
.pd-form { display: flex; flex-wrap: wrap; align-items: end; gap: 8px; }
.pd-form > :is(.pd-notice, .pd-offers, .pd-done) { flex-basis: 100%; }
.pd-form > .pd-done:empty { display: none; }
.pd-done { color: var(--_good); }
.pd-field { display: grid; gap: 2px; inline-size: 160px; }
.pd-field > span { color: var(--_muted); font-size: 12px; }
.pd-field.pd-grow { flex: 1 1 180px; }
.pd-offers { display: flex; flex-wrap: wrap; align-items: center; gap: 5px; color: var(--_muted); }
.pd-root .pd-offers .pd-chip { padding: 0 8px; color: var(--_text); }
.pd-question { flex: 1 1 100%; display: grid; gap: 4px; color: var(--_muted); }
.pd-question:empty { display: none; }
.pd-question label { color: var(--_text); }
.pd-actions { display: flex; flex-wrap: wrap; gap: 6px; }
.pd-actions > .pd-notice { flex-basis: 100%; }
.pd-form + .pd-actions { margin-block-start: 10px; }
.pd-actions + .pd-form { margin-block-start: 8px; padding: 10px 12px; border: 1px solid var(--_border); border-radius: var(--_radius); background: var(--_surface); }
.pd-root .pd-button[aria-expanded=true] { background: var(--_hover); }
.pd-check { display: flex; align-items: center; gap: 6px; inline-size: max-content; max-inline-size: 100%; }
.pd-check input { margin: 0; }

/* Values */
.pd-value { line-height: 1.6; overflow-wrap: anywhere; white-space: pre-wrap; }
.pd-branch > summary { inline-size: fit-content; max-inline-size: 100%; color: var(--_muted); cursor: pointer; }
.pd-branch > summary::marker { font-size: 0.85em; }
.pd-children { margin-inline-start: 4px; padding-inline-start: 14px; border-inline-start: 1px solid var(--_border); }
.pd-key { color: var(--_text); }
.pd-string { color: var(--_good); }
.pd-number { color: var(--_running); }
.pd-nothing { color: var(--_muted); }
.pd-root .pd-more { display: block; }
.pd-pre { overflow: auto; padding: 8px 10px; border-radius: var(--_radius); background: var(--_surface); line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
.pd-failure { display: grid; gap: 4px; min-inline-size: 0; }
.pd-failure .pd-failure-message { overflow-wrap: anywhere; white-space: pre-wrap; }
.pd-failure strong { color: var(--_bad); font-weight: 600; }
.pd-code { margin-inline-start: 8px; padding: 1px 6px; border-radius: 4px; background: var(--_hover); font: 11.5px/1.5 var(--_mono); color: var(--_muted); }
.pd-cause { display: grid; gap: 2px; margin-inline-start: 4px; padding-inline-start: 14px; border-inline-start: 1px solid var(--_border); }

/* History */
.pd-history { inline-size: 100%; border-block-end: 1px solid var(--_border); border-collapse: collapse; font-size: 12px; }
.pd-history :is(th, td) { padding: 2px 14px 2px 0; vertical-align: top; text-align: start; }
.pd-history th { padding-block: 0 4px; color: var(--_muted); font-weight: 500; }
.pd-history :is(.pd-turn-start, .pd-cut) td { padding-block-start: 6px; border-block-start: 1px solid var(--_border); }
.pd-history :is(.pd-turn-start, .pd-turn-end) .pd-type { color: var(--_muted); }
.pd-history .pd-turn-end td { padding-block-end: 6px; }
.pd-history :is(.pd-index, .pd-time, .pd-type) { inline-size: 1px; white-space: nowrap; }
.pd-history :is(.pd-index, .pd-time) { color: var(--_muted); }
.pd-history :is(.pd-index, th:first-child) { text-align: end; }
.pd-history .pd-event { padding-inline-end: 0; }
.pd-history .pd-passed-over :is(td, td *) { color: var(--_muted); }
.pd-passed-over .pd-type { text-decoration: line-through; }
.pd-standing .pd-type { color: var(--_warning); }
.pd-failed .pd-type { color: var(--_bad); }
.pd-event-line { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 10px; min-inline-size: 0; }
.pd-event-line > * { min-inline-size: 0; }
.pd-event-line .pd-value { font-size: 11.5px; line-height: 1.55; }
.pd-payload { display: flex; gap: 6px; }
.pd-payload:has(> .pd-value > [open]), .pd-event-line > .pd-failure { flex-basis: 100%; }
.pd-payload > .pd-value { flex: 1; min-inline-size: 0; }
.pd-history .pd-cut td { padding-block: 8px; text-align: center; }

/* One pane at a time, in the flow of the page */
@container pd-root (inline-size < 720px) {
  .pd-panes { display: block; block-size: auto; max-block-size: none; }
  .pd-panes[data-shows=list] > .pd-details, .pd-panes[data-shows=details] > .pd-list { display: none; }
  .pd-list { border: 0; }
  .pd-root .pd-back, .pd-back.pd-button { display: inline-flex; margin-block-end: 12px; }
  .pd-details .pd-scroll { padding: 12px 14px 24px; }
  .pd-section { grid-template-columns: minmax(0, 1fr); }
  .pd-field { flex: 1 1 130px; }
  .pd-history, .pd-history tbody { display: block; }
  .pd-history thead { display: none; }
  .pd-history tr { display: grid; grid-template-columns: max-content minmax(0, 1fr) max-content; gap: 0 8px; padding-block: 3px; }
  .pd-history .pd-turn-start { padding-block-start: 6px; border-block-start: 1px solid var(--_border); }
  .pd-history :is(.pd-index, .pd-time, .pd-type, .pd-event) { inline-size: auto; padding: 0; }
  .pd-history :is(.pd-turn-start, .pd-turn-end) td { padding: 0; border: 0; }
  .pd-history .pd-index { order: 1; }
  .pd-history .pd-type { order: 2; white-space: normal; overflow-wrap: anywhere; }
  .pd-history .pd-time { order: 3; }
  .pd-history .pd-event { grid-column: 1 / 4; order: 4; }
  .pd-history .pd-event:has(> :empty) { display: none; }
  .pd-history .pd-cut { display: block; }
}
@media (pointer: coarse) {
  .pd-root :is(.pd-button, .pd-input) { min-block-size: 40px; }
  .pd-root .pd-input { font-size: 16px; }
  .pd-root :is(.pd-chip, .pd-small) { min-block-size: 34px; }
}
@media (forced-colors: active) {
  .pd-row button[aria-current=true], .pd-chip[aria-pressed=true] { outline: 2px solid Highlight; outline-offset: -2px; }
}
@media (prefers-reduced-motion: reduce) {
  .pd-root * { transition: none; }
}
`;
