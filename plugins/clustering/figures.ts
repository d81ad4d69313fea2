import { toDecimals, toSignificant } from '../figures.ts';

/** For values whose unit is not known. */
export const significant = (value: number): number => toSignificant(value, 4);

/** For shares, effect sizes and counts a session. */
export const round = (value: number): number => toDecimals(value, 3);
