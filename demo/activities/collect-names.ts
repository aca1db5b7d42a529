/**
 * Words the question. That depends on the browser's language, which may be
 * another tomorrow: so it is an activity's work, and its result recorded.
 */
export function collectNames(names: string[]): string {
  if (names.length === 0) return 'Who is the first?';
  const list = new Intl.ListFormat(navigator.language);
  return `So far there is ${list.format(names)}. Who else?`;
}
