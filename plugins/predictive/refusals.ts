import type { Insight } from '../contract.ts';
import { plural } from './figures.ts';
import type { Refusal } from './regular-series.ts';

const MOST_NAMED = 3;

const isRefusal = (item: { readonly status: string }): item is Refusal =>
  item.status === 'insufficient_data' || item.status === 'refused';

/** One insight for all that could not be forecast, with what the first of them lack. */
export const refusalInsights = (items: readonly ({ readonly status: string } | Refusal)[]): Insight[] => {
  const refusals = items.filter(isRefusal);
  if (refusals.length === 0) return [];
  const reasons = refusals.slice(0, MOST_NAMED).map(({ name, missing }) => `${name} needs ${missing.join(' and ')}`);
  const more = refusals.length > MOST_NAMED ? `; and ${refusals.length - MOST_NAMED} more` : '';
  return [
    {
      kind: 'insufficient_data',
      title: `${plural(refusals.length, 'forecast')} could not be made`,
      message: `${reasons.join('; ')}${more}.`,
      severity: 'info',
      confidence: 0.999,
      evidence: {
        refused: refusals.length,
        of: items.length,
        names: refusals.slice(0, MOST_NAMED).map(({ name }) => name),
      },
    },
  ];
};
