import { definePlugin } from '../contract.ts';
import { analyzeEngagement } from './engagement.ts';
import { analyzeFlows } from './flows.ts';
import { inputSchema } from './input.ts';
import { deriveInsights } from './insights.ts';
import { findPatterns } from './patterns.ts';
import { eventMix, sessionize, summarizeSessions } from './sessions.ts';

/** Session analysis, engagement, page flows and behaviour patterns; docs/plugins/user-behavior.md defines each figure. */
export default definePlugin({
  input: inputSchema,
  dimensions: ({ sessions, events }) => ({
    userId: [...sessions, ...events].flatMap(({ userId }) => userId ?? []),
  }),
  process: (input) => {
    const sessions = sessionize(input);
    const summary = summarizeSessions(sessions);
    const engagement = analyzeEngagement(sessions);
    const patterns = findPatterns(sessions);
    return {
      insights: deriveInsights(sessions, patterns),
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
    };
  },
});
