import { TrainingDataError } from '../networks/data-quality.ts';
import type { Sequence } from '../networks/sequence-classifier.ts';
import type { DataRow } from './task.ts';

const MOST_SHOWN = 40;

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, MOST_SHOWN) ?? 'nothing';

const columnsOf = (rows: readonly DataRow[]): string[] => [...new Set(rows.slice(0, 100).flatMap(Object.keys))];

/** A column that no row has is misspelt rather than empty. */
const requireColumns = (rows: readonly DataRow[], names: readonly string[]): void => {
  const missing = names.filter((name) => rows.every((row) => row[name] === undefined));
  if (missing.length === 0) return;
  const known = columnsOf(rows).slice(0, MOST_SHOWN).join(', ');
  throw new TrainingDataError(missing.map((name) => `${name}: no row has this column; rows have ${known || 'none'}`));
};

const toNumber = (value: unknown): number => {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' ? value : Number.NaN;
};

/**
 * Numbers of columns, [n × columns] flat; true and false are 1 and 0.
 *
 * @throws TrainingDataError that names each column with a value that is no finite number, and the first row of it
 */
export const numbersOf = (rows: readonly DataRow[], names: readonly string[]): Float32Array => {
  requireColumns(rows, names);
  const values = new Float32Array(rows.length * names.length);
  const problems: string[] = [];
  for (const [column, name] of names.entries()) {
    let [wrong, first] = [0, -1];
    for (const [index, row] of rows.entries()) {
      const value = Math.fround(toNumber(row[name]));
      values[index * names.length + column] = value;
      if (Number.isFinite(value)) continue;
      if (wrong === 0) first = index;
      wrong += 1;
    }
    if (wrong === 0) continue;
    const example = `row ${first} holds ${shown(rows[first]?.[name])}`;
    problems.push(
      `${name}: ${wrong} of ${rows.length} values are no finite numbers (${example}); fill them in or leave those rows out`,
    );
  }
  if (problems.length > 0) throw new TrainingDataError(problems);
  return values;
};

const labelOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;

const MOST_LABELS = 100;

/**
 * Class of each row.
 *
 * @throws TrainingDataError when a row has none
 */
export const labelsOf = (rows: readonly DataRow[], name: string): string[] => {
  requireColumns(rows, [name]);
  const labels = rows.map((row) => labelOf(row[name]) ?? '');
  const missing = labels.indexOf('');
  if (missing >= 0)
    throw new TrainingDataError([`${name}: row ${missing} holds ${shown(rows[missing]?.[name])}, which is no class`]);
  return labels;
};

/**
 * The different classes, sorted.
 *
 * @throws TrainingDataError when there are fewer than two, or so many that the column is no class
 */
export const classesAmong = (labels: readonly string[], name: string): string[] => {
  const classes = [...new Set(labels)].sort();
  if (classes.length < 2)
    throw new TrainingDataError([`${name}: is ${shown(classes[0])} in every row, so that there is nothing to tell`]);
  if (classes.length > MOST_LABELS)
    throw new TrainingDataError([
      `${name}: has ${classes.length} different values; a class has ${MOST_LABELS} at most`,
    ]);
  return classes;
};

const symbolsOf = (value: unknown): string[] | undefined => {
  // In a file of columns a sequence is a text.
  if (typeof value === 'string') return value.split(/\s+/).filter((symbol) => symbol !== '');
  return Array.isArray(value) ? value.map(String) : undefined;
};

/** Symbols of each row: a list, or a text with spaces between them. */
export const sequencesOf = (rows: readonly DataRow[], name: string): string[][] => {
  requireColumns(rows, [name]);
  return rows.map((row, index) => {
    const symbols = symbolsOf(row[name]);
    if (symbols !== undefined) return symbols;
    throw new TrainingDataError([`${name}: row ${index} holds ${shown(row[name])}; a list of symbols was expected`]);
  });
};

export const labelledSequences = (rows: readonly DataRow[], sequence: string, target: string): Sequence[] => {
  const labels = labelsOf(rows, target);
  return sequencesOf(rows, sequence).map((symbols, index) => ({ symbols, label: labels[index] ?? '' }));
};

const timeOf = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? new Date(value).getTime() : Number.NaN;

/** @throws TrainingDataError when a row has no time, or one that is not after that of the row before */
export const requireAscending = (rows: readonly DataRow[], name: string): void => {
  requireColumns(rows, [name]);
  let before = Number.NEGATIVE_INFINITY;
  for (const [index, row] of rows.entries()) {
    const time = timeOf(row[name]);
    if (Number.isNaN(time))
      throw new TrainingDataError([`${name}: row ${index} holds ${shown(row[name])}, which is no time`]);
    if (time <= before)
      throw new TrainingDataError([
        `${name}: row ${index} is not after the row before it; rows must be in the order of time`,
      ]);
    before = time;
  }
};
