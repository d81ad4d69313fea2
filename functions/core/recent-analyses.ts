import type { PastAnalysis } from '../../plugins/contract.ts';
import { checkOut } from './claim-check.ts';
import type { AnalysisStore, Clock, DocumentStore } from './ports.ts';

/** The newest completed analyses of one plugin and tenant, newest first. */
export type RecentAnalyses = (tenant: string, type: string, limit: number) => Promise<PastAnalysis[]>;

const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** Looks through the running month and the one before it, which bounds what a plugin's question can cost. */
export const createRecentAnalyses =
  ({
    analyses,
    documents,
    clock,
  }: {
    analyses: AnalysisStore;
    documents: DocumentStore;
    clock: Clock;
  }): RecentAnalyses =>
  async (tenant, type, limit) => {
    const now = clock();
    const lastMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1));
    const entries = [];
    for (const month of [monthOf(now), monthOf(lastMonth)]) {
      const range = { tenant, type, month, from: month, before: `${month}-99` };
      if (entries.length < limit) entries.push(...(await analyses.newest(range, limit - entries.length)));
    }
    const completed = entries.filter(({ status }) => status === 'completed');
    const records = await analyses.getMany(
      tenant,
      completed.map(({ analysisId }) => analysisId),
    );
    const past = await Promise.all(
      records.map(async (record) =>
        record.status === 'completed'
          ? [
              {
                analysisId: record.analysisId,
                submittedAt: record.submittedAt,
                result: await checkOut(documents, record.result),
              },
            ]
          : [],
      ),
    );
    return past.flat().sort((a, b) => (a.submittedAt < b.submittedAt ? 1 : -1));
  };
