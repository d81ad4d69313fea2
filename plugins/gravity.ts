import type { Insight } from './contract.ts';

const GRAVITY = { critical: 0, warning: 1, info: 2 };

/** The gravest first; equals stay in their order. */
export const byGravity = (insights: readonly Insight[]): Insight[] =>
  insights.toSorted((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);
