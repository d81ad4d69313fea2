import { type InsufficientData, toSignificant } from '../figures.ts';

/** Four significant digits: a series may be in any unit. */
export const toFigure = (value: number): number => (Number.isFinite(value) ? toSignificant(value, 4) : 0);

/** A value with its unit. */
export const inUnit = (value: number, unit: string | undefined): string =>
  unit === undefined ? String(toFigure(value)) : `${toFigure(value)} ${unit}`;

export type Section<Content> = ({ readonly status: 'ok' } & Content) | InsufficientData;
