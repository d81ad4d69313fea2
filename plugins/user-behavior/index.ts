import { definePlugin } from '../contract.ts';
import { detectBots } from './bots.ts';
import { findDeadEnds } from './dead-ends.ts';
import { analyzeEngagement } from './engagement.ts';
import { deriveFindings } from './findings.ts';
import { analyzeFlows } from './flows.ts';
import { analyzeFunnels } from './funnels.ts';
import { type BehaviorInput, inputSchema } from './input.ts';
import { deriveInsights, wrongClocks } from './insights.ts';
import { toStepTest } from './journeys.ts';
import { findLoops } from './loops.ts';
import { measures } from './measures.ts';
import { predictNextAction } from './next-action.ts';
import { findPatterns } from './patterns.ts';
import { findRageClicks } from './rage-clicks.ts';
import { analyzeRetention } from './retention.ts';
import { findSequences } from './sequences.ts';
import { eventMix, type Session, type SessionEvent, sessionize, summarizeSessions } from './sessions.ts';
import { toViews } from './views.ts';

/** What funnels lead to: reaching it and leaving is no failure. */
const goalsOf = ({ funnels }: BehaviorInput) => {
  const tests = funnels.flatMap(({ steps }) => steps.slice(-1).map(toStepTest));
  return (event: SessionEvent): boolean => tests.some((matches) => matches(event));
};

/** Sections that look deeper than counts; each says so when there is too little data for it. */
const lookDeeper = (sessions: readonly Session[], input: BehaviorInput) => ({
  funnels: analyzeFunnels(input.funnels, sessions),
  retention: analyzeRetention(sessions, input.retention),
  sequences: findSequences(sessions, input.sequences),
  rageClicks: findRageClicks(sessions),
  loops: findLoops(sessions),
  deadEnds: findDeadEnds(sessions, goalsOf(input)),
  nextAction: predictNextAction(sessions),
});

/** Sessions, funnels, retention, flows and patterns of behaviour; docs/plugins/user-behavior.md defines each figure. */
export default definePlugin({
  input: inputSchema,
  dimensions: ({ sessions, events }) => ({
    userId: [...sessions, ...events].flatMap(({ userId }) => userId ?? []),
  }),
  process: (input, { now }) => {
    const { sessions, bots } = detectBots(sessionize(input), input.excludeBots);
    const summary = summarizeSessions(sessions);
    const engagement = analyzeEngagement(sessions);
    const patterns = findPatterns(sessions);
    const deeper = lookDeeper(sessions, input);
    return {
      insights: [
        ...deriveInsights(sessions, patterns, goalsOf(input)),
        ...deriveFindings(sessions.length, bots, deeper),
        ...wrongClocks(sessions, now()),
      ],
      patterns,
      metrics: {
        sessions: summary.count,
        users: summary.users,
        bounceRate: summary.bounceRate,
        pagesPerSession: summary.pagesPerSession,
        medianDurationSeconds: summary.durationSeconds.median,
        engagementScore: engagement.mean,
      },
      sessions: summary,
      events: eventMix(sessions),
      engagement,
      flows: analyzeFlows(sessions),
      bots,
      ...deeper,
    };
  },
  measures,
  views: (output, input) => toViews(output, input),
});
