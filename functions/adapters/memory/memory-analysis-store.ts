import type { Analysis, EndedAnalysis } from '../../core/analysis.ts';
import type { AnalysisStore, Clock, LogEntry, LogRange, UsageStore } from '../../core/ports.ts';
import { closedBucketsOf } from '../../core/usage.ts';

/** The analysis store in memory, for tests and for trying a use case out. */
export const createMemoryAnalysisStore = ({ usage, clock }: { usage: UsageStore; clock: Clock }): AnalysisStore => {
  const records = new Map<string, Analysis>();
  const restarts = new Map<string, number>();
  const log = new Map<string, EndedAnalysis>();
  const idOf = ({ tenant, analysisId }: { tenant: string; analysisId: string }) => `${tenant}\n${analysisId}`;

  const entriesOf = ({ tenant, type, dimension, view, month, from, before }: LogRange): LogEntry[] =>
    [...log.values()]
      .filter((analysis) => analysis.tenant === tenant && analysis.type === type)
      .filter(
        ({ dimensions }) => dimension === undefined || dimensions[dimension.name]?.includes(dimension.value) === true,
      )
      .filter(
        (analysis) =>
          view === undefined || (analysis.status === 'completed' && analysis.viewNames?.includes(view) === true),
      )
      .map(({ submittedAt, analysisId, status, processingMs }) => ({
        key: `${submittedAt}#${analysisId}`,
        analysisId,
        status,
        processingMs,
      }))
      .filter(({ key }) => key.startsWith(month) && key >= from && key < before);

  const file = async (analysis: EndedAnalysis): Promise<void> => {
    log.set(idOf(analysis), analysis);
    const scope = { tenant: analysis.tenant, type: analysis.type };
    const late = closedBucketsOf(analysis.submittedAt, clock());
    await Promise.all(late.map(({ level, start }) => usage.invalidate(scope, level, start)));
  };

  return {
    file,
    async create(analysis) {
      const existing = records.get(idOf(analysis));
      if (existing !== undefined) return { created: false, existing };
      records.set(idOf(analysis), analysis);
      return { created: true };
    },
    async createMany(analyses) {
      for (const analysis of analyses) records.set(idOf(analysis), analysis);
    },
    get: async (tenant, analysisId) => records.get(idOf({ tenant, analysisId })),
    getMany: async (tenant, ids) => ids.flatMap((analysisId) => records.get(idOf({ tenant, analysisId })) ?? []),
    async noteRestart({ tenant, analysisId, type, submittedAt }) {
      const id = idOf({ tenant, analysisId });
      const stored = records.get(id);
      if (stored === undefined) {
        return { restarts: 1, stored: { tenant, analysisId, type, submittedAt, status: 'queued' } };
      }
      restarts.set(id, (restarts.get(id) ?? 0) + 1);
      return { restarts: restarts.get(id) ?? 1, stored };
    },
    async end(analysis) {
      const id = idOf(analysis);
      if (records.get(id)?.status === 'completed') return false;
      records.set(id, analysis);
      restarts.delete(id);
      await file(analysis);
      return true;
    },
    newest: async (range, limit) =>
      entriesOf(range)
        .sort((a, b) => (a.key < b.key ? 1 : -1))
        .slice(0, limit),
    async *scan(range) {
      yield* entriesOf(range);
    },
  };
};
