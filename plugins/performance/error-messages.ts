/** What differs from one occurrence of an error to the next, and what to write for it; earlier ones go first. */
const VARIABLE_PARTS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'`<>)\]]+/gi, '<url>'],
  [/(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+/g, '<email>'],
  [/"[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)/g, '<value>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<ip>'],
  [/(?<![\w/<])(?:[a-z]:)?(?:[/\\][\w.@%+~-]+){2,}/gi, '<path>'],
  [/\b0x[0-9a-f]+\b/gi, '<id>'],
  // Digits tell a hexadecimal id from a word such as "deadbeef" or "facade".
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b/gi, '<id>'],
  [/\b(?=\w*\d)(?=\w*[a-z])\w{20,}\b/gi, '<id>'],
  [/\d+(?:[.,]\d+)*/g, '<n>'],
];

/** An error's text without what is particular to one occurrence: ids, numbers, times, addresses, paths, quoted text. */
export const normalizeMessage = (message: string): string =>
  VARIABLE_PARTS.reduce((text, [part, name]) => text.replaceAll(part, name), message)
    .replaceAll(/\s+/g, ' ')
    .trim();
