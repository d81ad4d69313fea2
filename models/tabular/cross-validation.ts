import type { Random } from '../statistics/random.ts';

/** Shuffles in place: R. Durstenfeld, "Algorithm 235: Random permutation", Communications of the ACM 7 (1964). */
export const shuffle = (values: Int32Array, random: Random): Int32Array => {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const held = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = held;
  }
  return values;
};

/** Rows of one fold, and all the others. */
export interface Fold {
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
}

/**
 * Splits rows into k folds that hold each class in equal shares. R. Kohavi, "A study of cross-validation and bootstrap
 * for accuracy estimation and model selection", IJCAI (1995).
 *
 * @param rows [m] to be split
 * @param labels [n] of 0 and 1, by row
 * @returns k folds whose held-out rows are `rows`, each once, both ascending
 */
export const stratifiedFolds = (rows: Int32Array, labels: Uint8Array, k: number, random: Random): Fold[] => {
  const foldOf = new Uint8Array(rows.length);
  let dealt = 0;
  for (const label of [0, 1]) {
    const places = Int32Array.from(rows.keys()).filter((place) => labels[rows[place] ?? 0] === label);
    for (const place of shuffle(places, random)) {
      foldOf[place] = dealt % k;
      dealt += 1;
    }
  }
  return Array.from({ length: k }, (_, fold) => ({
    training: rows.filter((_row, place) => foldOf[place] !== fold),
    heldOut: rows.filter((_row, place) => foldOf[place] === fold),
  }));
};
