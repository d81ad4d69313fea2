import { gunzipSync, gzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Analysis, EndedAnalysis } from '../core/analysis.ts';
import type { LogEntry, LogKey, LogRange } from '../core/ports.ts';
import type { Item } from './dynamodb-batch.ts';

/**
 * How the analyses table is laid out. Every key starts with the tenant.
 *
 *   record     pk `<tenant>#analysis#<id>`                              sk `record`
 *   log entry  pk `<tenant>#log#<type>#<facet>#<YYYY-MM>#<shard>`       sk `<submittedAt>#<id>`
 *
 * The log is what queries and totals read. A facet is `all`, `<dimension>=<value>`, or `<dimension>*` for analyses
 * with more values than are worth an entry each. Facets all traffic writes to are spread over shards, because one
 * DynamoDB partition takes 1,000 writes a second.
 */

const LOG_SHARDS = 8;
/** Values of a dimension that get a log entry of their own; an analysis with more is filed once, under `*`. */
const MOST_VALUE_ENTRIES = 25;
/** Below this many bytes compression costs more than the write units it saves. */
const SMALLEST_COMPRESSED_BYTES = 1024;

export const recordKey = (tenant: string, analysisId: string): Item => ({
  pk: { S: `${tenant}#analysis#${analysisId}` },
  sk: { S: 'record' },
});

/** What an analysis holds beyond its identity, compressed: DynamoDB bills writes by the kilobyte. */
const packDocument = (value: unknown): AttributeValue => {
  const json = JSON.stringify(value);
  return json.length < SMALLEST_COMPRESSED_BYTES ? { S: json } : { B: gzipSync(json) };
};

const unpackDocument = (attribute: AttributeValue | undefined): object => {
  if (attribute?.B !== undefined) return JSON.parse(gunzipSync(attribute.B).toString('utf8'));
  return attribute?.S === undefined ? {} : JSON.parse(attribute.S);
};

/** @param expiresAt epoch seconds at which DynamoDB's TTL removes the item */
export const toRecordItem = (analysis: Analysis, expiresAt: number): Item => {
  const { tenant, analysisId, type, submittedAt, status, contentHash, ...outcome } = analysis;
  return {
    ...recordKey(tenant, analysisId),
    ...marshall(
      { tenant, analysisId, type, submittedAt, status, contentHash, expiresAt },
      { removeUndefinedValues: true },
    ),
    ...(status === 'queued' ? {} : { outcome: packDocument(outcome) }),
  };
};

export const fromRecordItem = (item: Item): Analysis => {
  const { outcome, ...attributes } = item;
  const { tenant, analysisId, type, submittedAt, status, contentHash } = unmarshall(attributes);
  const identity = {
    tenant,
    analysisId,
    type,
    submittedAt,
    status,
    ...(contentHash === undefined ? {} : { contentHash }),
  };
  // The table holds what toRecordItem wrote and nothing else.
  return { ...identity, ...unpackDocument(outcome) } as Analysis;
};

/** FNV-1a, to spread ids over shards. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
};

const logPartition = (tenant: string, type: string, facet: string, month: string, shard: number): string =>
  `${tenant}#log#${type}#${facet}#${month}#${shard}`;

/** A value may hold the key's own separator. */
const valueFacet = (name: string, value: string): string => `${name}=${encodeURIComponent(value)}`;
const manyFacet = (name: string): string => `${name}*`;

const logKeyOf = ({ submittedAt, analysisId }: Pick<Analysis, 'submittedAt' | 'analysisId'>): LogKey =>
  `${submittedAt}#${analysisId}`;

const facetsOf = (analysis: EndedAnalysis): { facet: string; sharded: boolean }[] => [
  { facet: 'all', sharded: true },
  ...Object.entries(analysis.dimensions).flatMap(([name, values]) =>
    values.length > MOST_VALUE_ENTRIES
      ? [{ facet: manyFacet(name), sharded: true }]
      : [...new Set(values)].map((value) => ({ facet: valueFacet(name, value), sharded: false })),
  ),
];

/** The log entries of an outcome. They follow from the analysis alone, so that filing it twice changes nothing. */
export const toLogItems = (analysis: EndedAnalysis, expiresAt: number): Item[] => {
  const { tenant, type, analysisId, submittedAt, status, processingMs } = analysis;
  const shard = hash(analysisId) % LOG_SHARDS;
  return facetsOf(analysis).map(({ facet, sharded }) => ({
    pk: { S: logPartition(tenant, type, facet, submittedAt.slice(0, 7), sharded ? shard : 0) },
    sk: { S: logKeyOf(analysis) },
    ...marshall({ analysisId, status, processingMs, expiresAt }),
  }));
};

/** The partitions that together hold a range. */
export const logPartitionsOf = ({ tenant, type, month, dimension }: LogRange): string[] => {
  const shards = Array.from({ length: LOG_SHARDS }, (_, shard) => shard);
  if (dimension === undefined) return shards.map((shard) => logPartition(tenant, type, 'all', month, shard));
  const { name, value } = dimension;
  return [
    logPartition(tenant, type, valueFacet(name, value), month, 0),
    ...shards.map((shard) => logPartition(tenant, type, manyFacet(name), month, shard)),
  ];
};

export const fromLogItem = (item: Item): LogEntry => {
  const { sk, analysisId, status, processingMs } = unmarshall(item);
  return { key: sk, analysisId, status, processingMs };
};
