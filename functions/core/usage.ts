import pMap from 'p-map';
import type { AnalysisStore, Clock, UsageBucket, UsageLevel, UsageScope, UsageStore, UsageTotals } from './ports.ts';

/**
 * How much was analysed, as a view of the log of ended analyses: totals of a month are stored once it has closed,
 * those of the running month come from its closed days, the running day's from its closed hours, and so on down to
 * the minute, whose entries are counted. Nothing is incremented, so nothing a redelivery does can count twice.
 */

const USAGE_LEVELS = ['month', 'day', 'hour', 'minute'] as const satisfies readonly UsageLevel[];

export interface UsageDependencies {
  readonly analyses: AnalysisStore;
  readonly usage: UsageStore;
  readonly clock: Clock;
  readonly retentionDays: number;
}

/** A look after a long time may find many buckets to store: a burst that serves nobody. */
const CONCURRENT_STORES = 4;
/** A bucket counts as closed this long after its end; what is filed later invalidates it. */
const CLOSING_DELAY_MS = 60_000;
const DAY_MS = 86_400_000;

const NOTHING: UsageTotals = { completed: 0, failed: 0, processingMs: 0 };

const add = (a: UsageTotals, b: UsageTotals): UsageTotals => ({
  completed: a.completed + b.completed,
  failed: a.failed + b.failed,
  processingMs: a.processingMs + b.processingMs,
});

/** Characters of an ISO instant that name its bucket: `2024-01`, `2024-01-31`, `2024-01-31T23`, `2024-01-31T23:59`. */
const PREFIX_LENGTH: Record<UsageLevel, number> = { month: 7, day: 10, hour: 13, minute: 16 };

/** What makes an instant of that name again. */
const COMPLETION: Record<UsageLevel, string> = {
  month: '-01T00:00:00Z',
  day: 'T00:00:00Z',
  hour: ':00:00Z',
  minute: ':00Z',
};

/** Start of the bucket (UTC) that `at` lies in. */
const bucketStart = (level: UsageLevel, at: Date): Date =>
  new Date(at.toISOString().slice(0, PREFIX_LENGTH[level]) + COMPLETION[level]);

const nextBucket = (level: UsageLevel, start: Date): Date => {
  const next = new Date(start);
  if (level === 'month') next.setUTCMonth(next.getUTCMonth() + 1);
  else next.setTime(next.getTime() + { day: DAY_MS, hour: 3_600_000, minute: 60_000 }[level]);
  return next;
};

const bucketsBetween = (level: UsageLevel, from: Date, before: Date): Date[] => {
  const starts: Date[] = [];
  for (let start = from; start < before; start = nextBucket(level, start)) starts.push(start);
  return starts;
};

/** Counts the log itself between two instants, by bucket. */
const countLog = async (
  { analyses }: UsageDependencies,
  scope: UsageScope,
  level: UsageLevel,
  from: Date,
  before: Date,
): Promise<Map<number, UsageTotals>> => {
  const counted = new Map<number, UsageTotals>();
  for (const month of bucketsBetween('month', bucketStart('month', from), before)) {
    const range = {
      ...scope,
      month: month.toISOString().slice(0, PREFIX_LENGTH.month),
      from: from.toISOString(),
      before: before.toISOString(),
    };
    for await (const { key, status, processingMs } of analyses.scan(range)) {
      const bucket = bucketStart(level, new Date(key.slice(0, 24))).getTime();
      const entry =
        status === 'completed'
          ? { completed: 1, failed: 0, processingMs }
          : { completed: 0, failed: 1, processingMs: 0 };
      counted.set(bucket, add(counted.get(bucket) ?? NOTHING, entry));
    }
  }
  return counted;
};

/** Buckets of a level as they are stored, in a form to look them up. */
const readBuckets = async (
  { usage }: UsageDependencies,
  scope: UsageScope,
  level: UsageLevel,
  from: Date,
  before: Date,
) => {
  const buckets = await usage.read(scope, level, from, before);
  const byStart = new Map(buckets.map((bucket) => [bucket.start.getTime(), bucket]));
  const isKnown = (start: Date): boolean => {
    const bucket = byStart.get(start.getTime());
    // A bucket that was invalidated is there without totals, whatever is said of those around it.
    if (bucket !== undefined) return bucket.totals !== undefined;
    return buckets.some((end) => end.emptySince !== undefined && end.emptySince <= start && start < end.start);
  };
  return { byStart, isKnown };
};

/**
 * Stores what was counted. Buckets that nothing fell in are not stored one by one: the last of them says since when
 * there was nothing but what is stored, and comes after everything that it speaks of.
 */
const storeBuckets = async (
  { usage }: UsageDependencies,
  { scope, level }: { readonly scope: UsageScope; readonly level: UsageLevel },
  missing: readonly Date[],
  { byStart, counted }: { byStart: ReadonlyMap<number, UsageBucket>; counted: ReadonlyMap<number, UsageTotals> },
): Promise<void> => {
  const totalOf = (start: Date) => ({
    totals: counted.get(start.getTime()) ?? NOTHING,
    epoch: byStart.get(start.getTime())?.epoch ?? 0,
  });
  const isSilent = (start: Date): boolean => !counted.has(start.getTime()) && !byStart.has(start.getTime());
  await pMap(
    missing.filter((start) => !isSilent(start)),
    (start) => usage.store(scope, level, start, totalOf(start)),
    { concurrency: CONCURRENT_STORES },
  );
  const silent = missing.filter(isSilent);
  const last = silent.at(-1);
  if (last !== undefined) await usage.store(scope, level, last, { ...totalOf(last), emptySince: silent[0] });
};

/** Totals of the closed buckets of one level; those that are not stored yet are counted in one pass and stored. */
const totalClosed = async (
  dependencies: UsageDependencies,
  scope: UsageScope,
  level: UsageLevel,
  from: Date,
  before: Date,
): Promise<UsageTotals> => {
  const { byStart, isKnown } = await readBuckets(dependencies, scope, level, from, before);
  const starts = bucketsBetween(level, from, before);
  const missing = starts.filter((start) => !isKnown(start));
  const [first, last] = [missing[0], missing.at(-1)];
  const counted =
    first === undefined || last === undefined
      ? new Map<number, UsageTotals>()
      : await countLog(dependencies, scope, level, first, nextBucket(level, last));
  await storeBuckets(dependencies, { scope, level }, missing, { byStart, counted });
  return starts
    .map((start) => byStart.get(start.getTime())?.totals ?? counted.get(start.getTime()) ?? NOTHING)
    .reduce(add, NOTHING);
};

/** Everything a tenant had analysed by one plugin since the service began. */
export const totalUsage = async (dependencies: UsageDependencies, scope: UsageScope): Promise<UsageTotals> => {
  const now = dependencies.clock();
  const closedAt = new Date(now.getTime() - CLOSING_DELAY_MS);
  const oldest = new Date(now.getTime() - dependencies.retentionDays * DAY_MS);
  const everything = new Date(0);
  // Months older than the log reaches are known only as stored totals: they are read, never counted.
  const past = (await dependencies.usage.read(scope, 'month', everything, bucketStart('month', oldest)))
    .map(({ totals }) => totals ?? NOTHING)
    .reduce(add, NOTHING);
  const edges = [bucketStart('month', oldest), ...USAGE_LEVELS.map((level) => bucketStart(level, closedAt))];
  const closed = await Promise.all(
    USAGE_LEVELS.map((level, index) => {
      const [from, before] = [edges[index], edges[index + 1]];
      return from === undefined || before === undefined
        ? NOTHING
        : totalClosed(dependencies, scope, level, from, before);
    }),
  );
  const open = await countLog(
    dependencies,
    scope,
    'month',
    bucketStart('minute', closedAt),
    new Date(now.getTime() + DAY_MS),
  );
  return [past, ...closed, ...open.values()].reduce(add, NOTHING);
};

/** The buckets an analysis filed at `now` falls into although they may have been totalled already. */
export const closedBucketsOf = (submittedAt: string, now: Date): { level: UsageLevel; start: Date }[] => {
  const at = new Date(submittedAt);
  return USAGE_LEVELS.map((level) => ({ level, start: bucketStart(level, at) })).filter(
    ({ level, start }) => nextBucket(level, start).getTime() + CLOSING_DELAY_MS <= now.getTime() + CLOSING_DELAY_MS / 2,
  );
};
