import type { EmittedEvent, EndedAnalysis } from './analysis.ts';
import type { PluginResult } from './ports.ts';
import { ANALYTICS_STREAM, type EventFields, type PushEvent, type PushMessage } from './push-event.ts';

/**
 * Most bytes of an event's data. A WebSocket frame holds 32 KB; the rest is for the envelope.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const LARGEST_EVENT_BYTES = 30 * 1024;
/** Bytes of events gathered in one queue message. With the fields they share it stays below the 1 MiB of SQS. */
const LARGEST_MESSAGE_BYTES = 240 * 1024;

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

const resultPath = (analysisId: string): string => `/api/analytics/result/${analysisId}`;

/** Data too large for a frame is replaced by where to fetch all of it: a client never gets a truncated result. */
const fitFrame = (data: Record<string, unknown>, analysis: EndedAnalysis): Record<string, unknown> => {
  if (sizeOf(data) <= LARGEST_EVENT_BYTES) return data;
  const { analysisId, type, status } = analysis;
  return { analysisId, type, status, resultUrl: resultPath(analysisId) };
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const severityOf = (insight: unknown): string | undefined =>
  isObject(insight) && typeof insight['severity'] === 'string' ? insight['severity'] : undefined;

/** Plugins may return an insight as a mere text. */
const toInsightData = (insight: unknown): Record<string, unknown> =>
  isObject(insight) ? insight : { message: insight };

type Draft = Pick<PushEvent, 'event' | 'eventId'> & {
  readonly data: Record<string, unknown>;
  readonly fields?: EventFields;
};

const insightDrafts = (analysis: EndedAnalysis, insights: readonly unknown[]): Draft[] =>
  insights.flatMap((insight, index) => {
    const { analysisId, type } = analysis;
    const severity = severityOf(insight);
    const data = { ...toInsightData(insight), analysisId, type };
    const fields = severity === undefined ? {} : { severity };
    const draft = { event: 'insight:new', eventId: `${analysisId}:insight:${index}`, data, fields };
    const alert = { event: 'alert:critical', eventId: `${analysisId}:alert:${index}`, data, fields };
    return severity === 'critical' ? [draft, alert] : [draft];
  });

const emittedDrafts = (analysis: EndedAnalysis, emitted: readonly EmittedEvent[]): Draft[] =>
  emitted.map(({ event, payload }, index) => ({
    event,
    eventId: `${analysis.analysisId}:emitted:${index}`,
    data: {
      ...(isObject(payload) ? payload : { value: payload }),
      analysisId: analysis.analysisId,
      type: analysis.type,
    },
  }));

const outcomeDrafts = (analysis: EndedAnalysis, result: unknown): Draft[] => {
  const { analysisId, type, status, submittedAt, endedAt, processingMs } = analysis;
  const base = { analysisId, type, status, submittedAt, completedAt: endedAt, processingTime: processingMs };
  if (analysis.status === 'failed') {
    const { code, message, details } = analysis.failure;
    const data = { ...base, error: { code, message, details } };
    return [{ event: 'analytics:failed', eventId: `${analysisId}:failed:${endedAt}`, data }];
  }
  const { insights } = result as PluginResult;
  return [
    { event: 'analytics:update', eventId: `${analysisId}:update`, data: { ...base, result } },
    ...insightDrafts(analysis, insights),
    ...emittedDrafts(analysis, analysis.emitted),
  ];
};

const sharedFields = ({ dimensions, type, status, analysisId }: EndedAnalysis): EventFields => ({
  ...Object.fromEntries(Object.entries(dimensions).map(([name, values]) => [name, [...values]])),
  type,
  status,
  analysisId,
});

/** Packs events, in order, into as few queue messages as fit. */
const pack = (tenant: string, fields: EventFields, events: readonly PushEvent[]): PushMessage[] => {
  const messages: { tenant: string; fields: EventFields; events: PushEvent[] }[] = [];
  let room = 0;
  for (const event of events) {
    const bytes = sizeOf(event);
    if (bytes > room) {
      messages.push({ tenant, fields, events: [] });
      room = LARGEST_MESSAGE_BYTES;
    }
    messages.at(-1)?.events.push(event);
    room -= bytes;
  }
  return messages;
};

/**
 * What subscribers are told of an outcome: `analytics:update`, one `insight:new` an insight, `alert:critical` for the
 * critical ones and whatever the plugin put on its bus; or `analytics:failed`. Event ids follow from the analysis.
 */
export const outcomeMessages = (analysis: EndedAnalysis, result: unknown): PushMessage[] => {
  const events = outcomeDrafts(analysis, result).map((draft) => ({
    event: draft.event,
    eventId: draft.eventId,
    stream: ANALYTICS_STREAM,
    occurredAt: analysis.endedAt,
    fields: { ...draft.fields, event: draft.event },
    data: fitFrame(draft.data, analysis),
  }));
  return pack(analysis.tenant, sharedFields(analysis), events);
};
