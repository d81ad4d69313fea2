import type { Analysis, CompletedAnalysis, Plots } from '../analysis.ts';
import { checkOut } from '../claim-check.ts';
import { AppError } from '../errors.ts';
import type { AnalysisStore, Clock, DocumentStore, LogRange, PluginCatalog } from '../ports.ts';
import type { DimensionFilters, ReadView, ViewReading } from './metric-query.ts';

export interface ReadViewDependencies {
  readonly catalog: PluginCatalog;
  readonly analyses: AnalysisStore;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  /** Days that analyses are kept: how far back the newest may lie. */
  readonly retentionDays: number;
}

/** Analyses of a month that are looked through for one that all filters fit. */
const MOST_LOOKED_AT = 50;
const MOST_MONTHS = 13;
const DAY_MS = 86_400_000;

/** Months `YYYY-MM` from now back to where the log begins. */
const monthsBack = (now: Date, retentionDays: number): string[] => {
  const first = new Date(now.getTime() - retentionDays * DAY_MS).toISOString().slice(0, 7);
  return Array.from({ length: MOST_MONTHS }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  ).filter((month) => month >= first);
};

const invalid = (field: string, message: string): AppError =>
  new AppError('query.invalid_metric', `The view cannot be read so: ${field} ${message}`, {
    details: [{ field, message }],
  });

const checkQuery = (catalog: PluginCatalog, plugin: string, view: string, filters: DimensionFilters): void => {
  const manifest = catalog.find(plugin);
  if (manifest?.views[view] === undefined) {
    throw invalid('view', `"${plugin}.${view}" is not declared by any plugin`);
  }
  const { dimensions } = manifest;
  const unknown = Object.keys(filters).find((name) => !dimensions.includes(name));
  if (unknown === undefined) return;
  const known = dimensions.length > 0 ? `one of: ${dimensions.join(', ')}` : 'left out: there are none';
  throw invalid(`filters.${unknown}`, `must be ${known}`);
};

const fits = (analysis: Analysis, view: string, filters: DimensionFilters): analysis is CompletedAnalysis =>
  analysis.status === 'completed' &&
  analysis.viewNames?.includes(view) === true &&
  Object.entries(filters).every(([name, wanted]) => analysis.dimensions[name]?.some((value) => wanted.includes(value)));

/** The parts of the log to look at, one month of it: that of the view, or those of the first filter's values. */
const rangesOf = (base: LogRange, view: string, [driver]: [string, readonly string[]][]): LogRange[] =>
  driver === undefined
    ? [{ ...base, view }]
    : driver[1].map((value) => ({ ...base, dimension: { name: driver[0], value } }));

/** Finds a view in the newest result that has one, of those that the filters fit. */
export const createReadView =
  ({ catalog, analyses, documents, clock, retentionDays }: ReadViewDependencies): ReadView =>
  async (tenant, plugin, view, filters): Promise<ViewReading | undefined> => {
    checkQuery(catalog, plugin, view, filters);
    const filtered = Object.entries(filters);
    for (const month of monthsBack(clock(), retentionDays)) {
      const base = { tenant, type: plugin, month, from: month, before: `${month}-99` };
      const lists = await Promise.all(
        rangesOf(base, view, filtered).map((range) =>
          analyses.newest(range, filtered.length === 0 ? 1 : MOST_LOOKED_AT),
        ),
      );
      const newest = new Map(lists.flat().map(({ key, analysisId }) => [analysisId, key]));
      const found = (await analyses.getMany(tenant, [...newest.keys()]))
        .filter((analysis) => fits(analysis, view, filters))
        .sort((a, b) => ((newest.get(a.analysisId) ?? '') < (newest.get(b.analysisId) ?? '') ? 1 : -1));
      const [analysis] = found;
      if (analysis?.plots === undefined) continue;
      // Written by the worker as Plots, and nothing else.
      const { views } = (await checkOut(documents, analysis.plots)) as Plots;
      const shape = views[view];
      if (shape !== undefined) return { analysisId: analysis.analysisId, endedAt: analysis.endedAt, view: shape };
    }
    return undefined;
  };
