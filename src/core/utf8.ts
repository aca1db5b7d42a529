const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The bytes of a text. TextEncoder is no part of the language, and this room knows the language only. */
export function utf8(text: string): number[] {
  return (encodeURIComponent(text.replace(loneSurrogate, '\ufffd')).match(/%..|./g) ?? []).map((unit) =>
    unit.length === 3 ? Number.parseInt(unit.slice(1), 16) : unit.charCodeAt(0),
  );
}
