/** Words the question. The result depends on the browser's language: that is why it is an activity's work. */
export function collectNames(names: string[]): string {
  if (names.length === 0) return 'Who is the first?';
  const list = new Intl.ListFormat(navigator.language, { type: 'conjunction' });
  return `There is ${list.format(names)}. Who else?`;
}
