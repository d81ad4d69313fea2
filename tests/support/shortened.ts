const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Stands for whatever was left out. */
const ELLIPSIS = '…';

const inList = (shown: readonly unknown[], whole: readonly unknown[], path: string): string | undefined => {
  let from = 0;
  for (const [at, entry] of shown.entries()) {
    if (entry === ELLIPSIS) continue;
    const differences = whole.slice(from).map((other) => differenceOf(entry, other, `${path}[${at}]`));
    const found = differences.indexOf(undefined);
    if (found === -1) return `${path}[${at}] is not there: ${JSON.stringify(entry)}`;
    from += found + 1;
  }
  return undefined;
};

/**
 * Where a shortened value says something else than the whole: fields and entries of lists may be left out, those that are
 * shown must be there, in the same order. Undefined when it says the same.
 */
export const differenceOf = (shown: unknown, whole: unknown, path = ''): string | undefined => {
  if (Array.isArray(shown) && Array.isArray(whole)) return inList(shown, whole, path);
  if (isRecord(shown) && isRecord(whole)) {
    for (const [key, value] of Object.entries(shown)) {
      const difference = differenceOf(value, whole[key], `${path}.${key}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return Object.is(shown, whole)
    ? undefined
    : `${path} is ${JSON.stringify(whole)}, and shown as ${JSON.stringify(shown)}`;
};
