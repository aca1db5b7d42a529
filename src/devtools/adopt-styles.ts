/**
 * The styles as a constructed sheet: the library needs no CSS import from its users' bundlers, and a strict content
 * security policy, which refuses `<style>`, allows it.
 */
import { styles } from './styles';

let sheet: CSSStyleSheet | undefined;

/** A ref callback: the document (or shadow root) of the element gets the styles, once. */
export function adoptStyles(element: Element | null): void {
  if (!element) return;
  const root = element.getRootNode();
  if (!(root instanceof Document || root instanceof ShadowRoot)) return;
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}
