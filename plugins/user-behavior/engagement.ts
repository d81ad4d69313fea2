import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { round } from './figures.ts';
import { durationSeconds, PAGEVIEW, type Session } from './sessions.ts';

/** What each part may contribute at most, and the amount that earns 63% of it. */
const PARTS = {
  depth: { weight: 40, scale: 3 },
  attention: { weight: 40, scale: 180 },
  interaction: { weight: 20, scale: 3 },
} as const;

/** Rises from 0 towards 1; each further unit counts less than the one before. */
const saturate = (amount: number, scale: number): number => 1 - Math.exp(-amount / scale);

/**
 * Engagement of one session, 0 to 100: 40 points for pages beyond the first, 40 for time (seconds), 20 for events that
 * are not page views, each part saturating as 1 − exp(−amount / scale) with scales of 3 pages, 180 s and 3 events.
 */
const engagementScore = (session: Session): number => {
  const { depth, attention, interaction } = PARTS;
  const interactions = session.events.filter(({ type }) => type !== PAGEVIEW).length;
  return (
    depth.weight * saturate(Math.max(0, session.pages.length - 1), depth.scale) +
    attention.weight * saturate(durationSeconds(session), attention.scale) +
    interaction.weight * saturate(interactions, interaction.scale)
  );
};

/** The scores' distribution over sessions. `engaged` counts the sessions that score 50 or more. */
export const analyzeEngagement = (sessions: readonly Session[]) => {
  const scores = sortedCopy(sessions.map(engagementScore));
  return {
    mean: round(scores.reduce((sum, score) => sum + score, 0) / scores.length, 1),
    median: round(quantile(scores, 0.5), 1),
    p90: round(quantile(scores, 0.9), 1),
    engaged: scores.filter((score) => score >= 50).length,
  };
};
