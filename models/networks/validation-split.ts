import { createRandom, type Random } from '../statistics/random.ts';
import { shuffle } from '../tabular/cross-validation.ts';
import type { TrainingOptions } from './training-options.ts';

/** Row numbers, both ascending. */
export interface Split {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

const allRows = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, row) => row);

const stratified = (classOf: Int32Array, share: number, random: Random): Set<number> => {
  const heldOut = new Set<number>();
  for (const label of new Set(classOf)) {
    const ofClass = shuffle(
      allRows(classOf.length).filter((row) => classOf[row] === label),
      random,
    );
    for (const row of ofClass.subarray(0, Math.round(share * ofClass.length))) heldOut.add(row);
  }
  return heldOut;
};

/**
 * Holds rows out of training.
 *
 * @param classOf class of each row, or undefined for numbers
 * @param gap rows before the first held-out one that are used for neither, since they know what follows
 * @throws Error when rows of numbers shall be stratified
 */
export const splitRows = (
  rows: number,
  { validation: { split, share }, seed }: Pick<TrainingOptions, 'validation' | 'seed'>,
  classOf: Int32Array | undefined,
  gap = 0,
): Split => {
  const all = allRows(rows);
  if (split === 'none') return { training: all, validation: new Int32Array(0) };
  const first = rows - Math.round(share * rows);
  if (split === 'time') return { training: all.slice(0, Math.max(0, first - gap)), validation: all.slice(first) };
  const random = createRandom(seed);
  if (split === 'stratified' && classOf === undefined)
    throw new Error('training.validation.split: stratified needs classes; use time or random for numbers');
  const heldOut =
    split === 'stratified' && classOf !== undefined
      ? stratified(classOf, share, random)
      : new Set(shuffle(all.slice(), random).subarray(first));
  return { training: all.filter((row) => !heldOut.has(row)), validation: all.filter((row) => heldOut.has(row)) };
};
