import * as z from 'zod';
import type { Analysis, CompletedAnalysis } from '../core/analysis.ts';
import type { AnalysisStore, Clock } from '../core/ports.ts';
import type { GuardedRedis } from './guarded-redis.ts';

/** Characters of a cached analysis. What is larger takes longer to come from Redis than from the table. */
const LONGEST_CACHED = 64 * 1024;
/** Seconds that a result is cached: those who wait for it ask within minutes, so that more would only take room. */
const LONGEST_TTL_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

const completedSchema = z.object({
  tenant: z.string(),
  analysisId: z.string(),
  type: z.string(),
  submittedAt: z.iso.datetime(),
  contentHash: z.string().optional(),
  status: z.literal('completed'),
  endedAt: z.iso.datetime(),
  processingMs: z.number(),
  dimensions: z.record(z.string(), z.array(z.string())),
  result: z.union([
    z.object({ reference: z.object({ key: z.string(), bytes: z.number() }) }),
    z.object({ inline: z.unknown() }),
  ]),
  emitted: z.array(z.object({ event: z.string(), payload: z.unknown() })),
});

/** What another release has written, or somebody else, is as good as nothing. */
const parseCached = (text: string, wanted: Pick<Analysis, 'tenant' | 'analysisId'>): CompletedAnalysis | undefined => {
  try {
    const cached = completedSchema.parse(JSON.parse(text));
    return cached.tenant === wanted.tenant && cached.analysisId === wanted.analysisId ? cached : undefined;
  } catch {
    return undefined;
  }
};

export interface RedisResultCacheOptions {
  readonly store: Pick<AnalysisStore, 'get'>;
  readonly redis: GuardedRedis;
  /** What keys begin with: this deployment and no other. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly retentionDays: number;
}

/**
 * Reads analyses from Redis before the table. Only completed ones are kept there, which never change; a failed one may
 * be replayed. Never longer than the result itself is kept.
 */
export const createRedisResultCache = (options: RedisResultCacheOptions): Pick<AnalysisStore, 'get'> => {
  const { store, redis, prefix, clock, retentionDays } = options;
  const keyOf = (tenant: string, analysisId: string): string => `${prefix}:result:${tenant}:${analysisId}`;

  const read = async (tenant: string, analysisId: string): Promise<CompletedAnalysis | undefined> =>
    redis.attempt(async (send) => {
      const reply = z
        .string()
        .nullable()
        .parse(await send(['GET', keyOf(tenant, analysisId)]));
      return reply === null ? undefined : parseCached(reply, { tenant, analysisId });
    });

  const keep = async (analysis: Analysis): Promise<void> => {
    if (analysis.status !== 'completed') return;
    const expiresAt = Date.parse(analysis.submittedAt) / 1000 + retentionDays * DAY_SECONDS;
    const seconds = Math.min(LONGEST_TTL_SECONDS, Math.floor(expiresAt - clock().getTime() / 1000));
    const text = JSON.stringify(analysis);
    if (seconds < 1 || text.length > LONGEST_CACHED) return;
    await redis.attempt((send) => send(['SET', keyOf(analysis.tenant, analysis.analysisId), text, 'EX', seconds]));
  };

  return {
    async get(tenant, analysisId) {
      const cached = await read(tenant, analysisId);
      if (cached !== undefined) return cached;
      const stored = await store.get(tenant, analysisId);
      if (stored !== undefined) await keep(stored);
      return stored;
    },
  };
};
