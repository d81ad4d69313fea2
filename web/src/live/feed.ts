import { signal } from '@preact/signals';
import type { AnalysisView, LiveEvent } from '../../../sdk/index.ts';
import type { Insight, Severity } from '../api/contract.ts';
import type { ServiceReader } from './service.ts';

/** What the service found, newest first: insights, and analyses that failed. */

export interface FeedEntry {
  /** The same for an insight that is pushed, pushed again as an alert, and read from its result. */
  readonly id: string;
  /** ISO time at which the analysis ended. */
  readonly at: string;
  /** The plugin. */
  readonly type: string;
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  readonly confidence?: number;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly analysisId: string;
  /** Came while the page was open. */
  readonly isNew: boolean;
}

const MOST_ENTRIES = 200;
/** Analyses of each plugin whose insights the feed begins with. */
const EARLIER_ANALYSES = 5;
const EARLIER_MS = 7 * 86_400_000;

export const feed = signal<readonly FeedEntry[]>([]);

const SEVERITIES: readonly string[] = ['info', 'warning', 'critical'] satisfies Severity[];
const isSeverity = (value: unknown): value is Severity => typeof value === 'string' && SEVERITIES.includes(value);

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

interface Origin {
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly analysisId: string;
  readonly isNew: boolean;
}

/** A plugin may leave any part of an insight out. */
const toEntry = (origin: Origin, insight: Partial<Insight>): FeedEntry => {
  const message = insight.message ?? '';
  return {
    ...origin,
    severity: isSeverity(insight.severity) ? insight.severity : 'info',
    title: insight.title ?? (message === '' ? (insight.kind ?? 'Insight') : message),
    message: insight.title === undefined ? '' : message,
    ...(typeof insight.confidence === 'number' ? { confidence: insight.confidence } : {}),
    evidence: asRecord(insight.evidence),
  };
};

/** Adds entries that are not there yet. The newest stay. */
export const mergeEntries = (present: readonly FeedEntry[], added: readonly FeedEntry[]): FeedEntry[] => {
  const known = new Set(present.map(({ id }) => id));
  const fresh = added.filter(({ id }) => !known.has(id));
  return [...fresh, ...present].toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, MOST_ENTRIES);
};

/** The entry that an event stands for; undefined for one that is none of the feed's. */
export const entryOf = ({ event, eventId, timestamp, data }: LiveEvent): FeedEntry | undefined => {
  const fields = asRecord(data);
  const type = String(fields['type'] ?? '');
  const analysisId = String(fields['analysisId'] ?? '');
  const origin = { id: eventId, at: timestamp, type, analysisId, isNew: true };
  if (event === 'insight:new' || event === 'alert:critical') {
    return toEntry({ ...origin, id: eventId.replace(':alert:', ':insight:') }, fields);
  }
  if (event !== 'analytics:failed') return undefined;
  const { message, code, details } = asRecord(fields['error']);
  return {
    ...origin,
    severity: 'warning',
    title: 'An analysis failed',
    message: String(message ?? ''),
    evidence: { code, ...(Array.isArray(details) && details.length > 0 ? { details } : {}) },
  };
};

export const addToFeed = (event: LiveEvent): void => {
  const entry = entryOf(event);
  if (entry !== undefined) feed.value = mergeEntries(feed.value, [entry]);
};

const insightsOf = ({ result }: AnalysisView): readonly unknown[] => {
  const { insights } = asRecord(result);
  return Array.isArray(insights) ? insights : [];
};

const earlierEntries = async (service: Pick<ServiceReader, 'queryPage'>, type: string): Promise<FeedEntry[]> => {
  const now = Date.now();
  const timeRange = { start: new Date(now - EARLIER_MS).toISOString(), end: new Date(now).toISOString() };
  const { results } = await service.queryPage({ type, timeRange, limit: EARLIER_ANALYSES });
  return results.flatMap((analysis) => {
    const { analysisId, completedAt = '' } = analysis;
    return insightsOf(analysis).map((insight, index) =>
      toEntry(
        { id: `${analysisId}:insight:${index}`, at: completedAt, type, analysisId, isNew: false },
        typeof insight === 'string' ? { message: insight } : asRecord(insight),
      ),
    );
  });
};

/** Begins the feed with the insights of the latest analyses of each plugin. A plugin that does not answer is left out. */
export const loadEarlier = async (
  service: Pick<ServiceReader, 'queryPage'>,
  plugins: readonly string[],
): Promise<void> => {
  const lists = await Promise.allSettled(plugins.map((plugin) => earlierEntries(service, plugin)));
  const entries = lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  feed.value = mergeEntries(feed.value, entries);
};
