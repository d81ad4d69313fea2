import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Analysis, EndedAnalysis } from '../core/analysis.ts';
import type { LogEntry, LogKey, LogRange } from '../core/ports.ts';
import type { Item } from './dynamodb-batch.ts';
import { packDocument, unpackDocument } from './packed-document.ts';
import { shardOf } from './shard.ts';

/**
 * How the analyses table is laid out. Every key starts with the tenant.
 *
 *   record     pk `<tenant>#analysis#<id>`                              sk `record`
 *   log entry  pk `<tenant>#log#<type>#<facet>#<YYYY-MM>#<shard>`       sk `<submittedAt>#<id>`
 *
 * The log is what queries and totals read. A facet is `all`, `view:<name>`, `<dimension>=<value>`, or
 * `<dimension>*` for analyses with more values than are worth an entry each. Facets all traffic writes to are spread over shards, because one
 * DynamoDB partition takes 1,000 writes a second.
 */

const LOG_SHARDS = 8;
/** Values of a dimension that get a log entry of their own; an analysis with more is filed once, under `*`. */
const MOST_VALUE_ENTRIES = 25;

export const recordKey = (tenant: string, analysisId: string): Item => ({
  pk: { S: `${tenant}#analysis#${analysisId}` },
  sk: { S: 'record' },
});

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

const logPartition = (tenant: string, type: string, facet: string, month: string, shard: number): string =>
  `${tenant}#log#${type}#${facet}#${month}#${shard}`;

/** A value may hold the key's own separator. */
const valueFacet = (name: string, value: string): string => `${name}=${encodeURIComponent(value)}`;
const manyFacet = (name: string): string => `${name}*`;
const viewFacet = (name: string): string => `view:${name}`;

const logKeyOf = ({ submittedAt, analysisId }: Pick<Analysis, 'submittedAt' | 'analysisId'>): LogKey =>
  `${submittedAt}#${analysisId}`;

const viewNamesOf = (analysis: EndedAnalysis): readonly string[] =>
  analysis.status === 'completed' ? (analysis.viewNames ?? []) : [];

const facetsOf = (analysis: EndedAnalysis): { facet: string; sharded: boolean }[] => [
  { facet: 'all', sharded: true },
  ...viewNamesOf(analysis).map((name) => ({ facet: viewFacet(name), sharded: true })),
  ...Object.entries(analysis.dimensions).flatMap(([name, values]) =>
    values.length > MOST_VALUE_ENTRIES
      ? [{ facet: manyFacet(name), sharded: true }]
      : [...new Set(values)].map((value) => ({ facet: valueFacet(name, value), sharded: false })),
  ),
];

/** The log entries of an outcome. They follow from the analysis alone, so that filing it twice changes nothing. */
export const toLogItems = (analysis: EndedAnalysis, expiresAt: number): Item[] => {
  const { tenant, type, analysisId, submittedAt, status, processingMs } = analysis;
  const shard = shardOf(analysisId, LOG_SHARDS);
  return facetsOf(analysis).map(({ facet, sharded }) => ({
    pk: { S: logPartition(tenant, type, facet, submittedAt.slice(0, 7), sharded ? shard : 0) },
    sk: { S: logKeyOf(analysis) },
    ...marshall({ analysisId, status, processingMs, expiresAt }),
  }));
};

/** The partitions that together hold a range. */
export const logPartitionsOf = ({ tenant, type, month, dimension, view }: LogRange): string[] => {
  const shards = Array.from({ length: LOG_SHARDS }, (_, shard) => shard);
  if (dimension === undefined) {
    const facet = view === undefined ? 'all' : viewFacet(view);
    return shards.map((shard) => logPartition(tenant, type, facet, month, shard));
  }
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
