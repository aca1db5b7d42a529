/** Does nothing: what remains is what perdure itself takes. */
export function noop(): void {}
