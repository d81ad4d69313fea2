import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { PluginManifest } from '../../plugins/manifest.ts';
import { type Analysis, isReference } from './analysis.ts';
import { AppError } from './errors.ts';
import type { AnalysisStore, Clock, DocumentStore, LogEntry, LogKey, LogRange, PluginCatalog } from './ports.ts';
import { type AnalysisView, presentAnalysis } from './present-analysis.ts';
import { requirePlugin } from './require-plugin.ts';
import { parseOrThrow } from './validation.ts';

export interface QueryDependencies {
  readonly catalog: PluginCatalog;
  readonly analyses: AnalysisStore;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  /** Days that analyses are kept: the reach of a query without a start. */
  readonly retentionDays: number;
}

export interface QueryPage {
  readonly results: readonly AnalysisView[];
  /** Give it back as `cursor` for the next page; null when there is none. A page may be short and still have a next. */
  readonly nextCursor: string | null;
}

/** What one request reads at most: a query over long empty times, or with a rare filter, answers with a cursor in time. */
const MOST_MONTHS = 24;
const MOST_STEPS = 2_000;
/** Lambda answers with at most 6 MB; a page ends before its results would outgrow that. */
const LARGEST_PAGE_BYTES = 4 * 1024 * 1024;
const DAY_MS = 86_400_000;

const instantSchema = z.iso.datetime({
  offset: true,
  error: 'must be an ISO 8601 date and time with a zone, for example "2024-01-01T00:00:00Z"',
});
const filterValueSchema = z.union([z.string().min(1).max(256), z.array(z.string().min(1).max(256)).min(1).max(20)], {
  error: 'must be a text or a list of 1 to 20 texts',
});

export const querySchema = z.strictObject({
  type: z.string({ error: 'must name a plugin' }),
  timeRange: z
    .strictObject({ start: instantSchema.optional(), end: instantSchema.optional() })
    .refine(({ start, end }) => start === undefined || end === undefined || Date.parse(start) <= Date.parse(end), {
      path: ['end'],
      error: 'must not be before start',
    })
    .optional(),
  filters: z.record(z.string(), filterValueSchema).default({}),
  limit: z
    .int({ error: 'must be a whole number from 1 to 100' })
    .min(1, 'must be a whole number from 1 to 100')
    .max(100, 'must be a whole number from 1 to 100')
    .default(50),
  cursor: z.string().max(1024).optional(),
});
type Query = z.infer<typeof querySchema>;
type Filter = readonly [dimension: string, values: readonly string[]];

const listFilters = (query: Query, manifest: PluginManifest): Filter[] =>
  Object.entries(query.filters).map(([dimension, value]) => {
    if (manifest.dimensions.includes(dimension)) return [dimension, Array.isArray(value) ? value : [value]];
    const known = manifest.dimensions.length > 0 ? `one of: ${manifest.dimensions.join(', ')}` : 'none';
    throw new AppError('query.unknown_filter', `${manifest.name} cannot be filtered by "${dimension}"`, {
      details: [{ field: `filters.${dimension}`, message: `dimensions this type declares: ${known}` }],
    });
  });

const cursorSchema = z.strictObject({ query: z.string(), before: z.string().regex(/^\d{4}-\d\d-\d\dT.+/) });

/** A cursor belongs to the query it came from: with other filters its position would mean nothing. */
const fingerprint = ({ type, filters, timeRange }: Query): string =>
  createHash('sha256')
    .update(JSON.stringify([type, Object.entries(filters).sort(), timeRange ?? null]))
    .digest('base64url')
    .slice(0, 16);

const encodeCursor = (query: Query, before: string): string =>
  Buffer.from(JSON.stringify({ query: fingerprint(query), before })).toString('base64url');

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const decodeCursor = (query: Query): string | undefined => {
  if (query.cursor === undefined) return undefined;
  const parsed = cursorSchema.safeParse(parseJson(Buffer.from(query.cursor, 'base64url').toString('utf8')));
  if (parsed.success && parsed.data.query === fingerprint(query)) return parsed.data.before;
  throw new AppError('query.bad_cursor', 'The cursor does not belong to this query', {
    details: [{ field: 'cursor', message: 'must be the nextCursor of a page of the same type, filters and timeRange' }],
  });
};

/** Months `YYYY-MM` from the one of `before` back to the one of `from`, newest first; both bounds are log keys. */
const monthsBetween = (from: string, before: string): string[] => {
  const months: string[] = [];
  const first = from.slice(0, 7);
  for (let at = new Date(`${before.slice(0, 7)}-01T00:00:00Z`); ; at = new Date(at.getTime() - DAY_MS)) {
    const month = at.toISOString().slice(0, 7);
    if (month < first) return months;
    if (months.at(-1) !== month) months.push(month);
    at = new Date(`${month}-01T00:00:00Z`);
  }
};

/** The bounds of the log keys to read: `from` inclusive, `before` exclusive. */
const boundsOf = (query: Query, { clock, retentionDays }: QueryDependencies): { from: string; before: string } => {
  const now = clock().getTime();
  const start = query.timeRange?.start ?? new Date(now - retentionDays * DAY_MS).toISOString();
  // The end belongs to the range, and so do analyses submitted while the clocks of two machines differ.
  const end = query.timeRange?.end ?? new Date(now + 60_000).toISOString();
  return {
    from: new Date(start).toISOString(),
    before: decodeCursor(query) ?? new Date(Date.parse(end) + 1).toISOString(),
  };
};

const matches = (analysis: Analysis, filters: readonly Filter[]): boolean =>
  analysis.status !== 'queued' &&
  filters.every(([dimension, values]) => values.some((value) => analysis.dimensions[dimension]?.includes(value)));

const inlineBytes = (analysis: Analysis): number =>
  analysis.status === 'completed' && !isReference(analysis.result)
    ? Buffer.byteLength(JSON.stringify(analysis.result.inline))
    : 0;

/** The newest entries of one month over all values of the driving filter, each analysis once. */
const newestOfMonth = async (
  { analyses }: QueryDependencies,
  range: Omit<LogRange, 'dimension'>,
  [driver]: readonly Filter[],
  limit: number,
): Promise<LogEntry[]> => {
  const dimensions = driver?.[1].map((value) => ({ name: driver[0], value })) ?? [undefined];
  const lists = await Promise.all(
    dimensions.map((dimension) => analyses.newest(dimension === undefined ? range : { ...range, dimension }, limit)),
  );
  const byKey = new Map(lists.flat().map((entry) => [entry.key, entry]));
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? 1 : -1)).slice(0, limit);
};

/** A step of a walk through the log: everything from `position` on has been seen. */
interface Step {
  readonly position: LogKey;
  readonly record?: Analysis | undefined;
}

/** Walks the log from `before` back to `from`, at most so many ranges of it, newest first. */
async function* walkLog(
  dependencies: QueryDependencies,
  scope: { tenant: string; type: string; from: LogKey; before: LogKey },
  filters: readonly Filter[],
  limit: number,
): AsyncGenerator<Step> {
  let position = scope.before;
  for (const month of monthsBetween(scope.from, scope.before).slice(0, MOST_MONTHS)) {
    for (let more = true; more; ) {
      const entries = await newestOfMonth(dependencies, { ...scope, month, before: position }, filters, limit);
      const ids = entries.map(({ analysisId }) => analysisId);
      const records = await dependencies.analyses.getMany(scope.tenant, ids);
      const byId = new Map(records.map((record) => [record.analysisId, record]));
      for (const { key, analysisId } of entries) {
        position = key;
        yield { position, record: byId.get(analysisId) };
      }
      more = entries.length === limit;
    }
    position = `${month}-01T00:00:00.000Z`;
    yield { position };
  }
}

/**
 * Ended analyses of one type, newest first by the time they were submitted.
 *
 * The first filter chooses what is read of the log; further filters sift what was found. Work per request is bounded,
 * so a page can be shorter than `limit` and still have a `nextCursor`.
 *
 * @throws {AppError} `request.invalid`, `analysis.unknown_type`, `query.unknown_filter` or `query.bad_cursor`.
 */
export const queryAnalyses = async (
  dependencies: QueryDependencies,
  { tenant, body }: { tenant: string; body: unknown },
): Promise<QueryPage> => {
  const query = parseOrThrow(querySchema, body, { what: 'The query' });
  const filters = listFilters(query, requirePlugin(dependencies.catalog, query.type));
  const { from, before } = boundsOf(query, dependencies);
  const page = (found: readonly Analysis[], position: LogKey) =>
    present(dependencies.documents, found, position > from ? encodeCursor(query, position) : null);
  const found: Analysis[] = [];
  let position = before;
  let room = LARGEST_PAGE_BYTES;
  let seen = 0;
  for await (const step of walkLog(dependencies, { tenant, type: query.type, from, before }, filters, query.limit)) {
    if (step.record !== undefined && matches(step.record, filters)) {
      room -= inlineBytes(step.record);
      if (room < 0 && found.length > 0) return page(found, position);
      found.push(step.record);
    }
    position = step.position;
    seen += 1;
    if (found.length === query.limit || seen === MOST_STEPS) return page(found, position);
  }
  return page(found, position);
};

const present = async (
  documents: DocumentStore,
  found: readonly Analysis[],
  nextCursor: string | null,
): Promise<QueryPage> => ({
  results: await Promise.all(found.map((analysis) => presentAnalysis(documents, analysis))),
  nextCursor,
});
