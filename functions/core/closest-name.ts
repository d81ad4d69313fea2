/** Single characters to insert, delete or replace to get from one text to the other (Levenshtein 1966). */
const editDistance = (from: string, to: string): number => {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
};

/** Longer than any name here; what is longer still is no slip of the pen. */
const LONGEST_NAME = 120;

/** The name that was probably meant, whatever its case; undefined when none is near. */
export const closestName = (meant: string, names: readonly string[]): string | undefined => {
  if (meant.length > LONGEST_NAME) return undefined;
  const lower = meant.toLowerCase();
  const ranked = names
    .map((name) => ({ name, distance: editDistance(lower, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = ranked;
  return nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(meant.length / 3))
    ? nearest.name
    : undefined;
};
