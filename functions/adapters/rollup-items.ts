import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Hour, HourContribution, MinuteCells } from '../core/rollups/contribution.ts';
import type { FiledContribution, PendingHour, RollupScope } from '../core/rollups/rollup-store.ts';
import type { Item } from './dynamodb-batch.ts';
import { packDocument, unpackDocument } from './packed-document.ts';
import { shardOf } from './shard.ts';

/**
 * How metrics lie in the analyses table. Every key starts with the tenant.
 *
 *   contribution  pk `<tenant>#contribution#<plugin>#<hour>#<shard>`  sk `<endedAt>#<analysisId>#<part>`
 *   note          pk `<tenant>#pending#<plugin>`                      sk `<hour>#<until>#<shard>#<late analysisId>`
 *   hour          pk `<tenant>#rollup#<plugin>#hour#<hour>`           sk `<metric>`, or `*` for how far it is merged
 *   day           pk `<tenant>#rollup#<plugin>#day#<metric>`          sk `<YYYY-MM-DD>`
 */

/** One DynamoDB partition takes 1,000 writes a second. */
export const CONTRIBUTION_SHARDS = 8;
/** Of the JSON of a contribution's part; even where nothing can be compressed an item is below 400 KB. */
const LARGEST_PART_CHARACTERS = 250_000;
const MERGED_KEY = '*';

const contributionPartition = ({ tenant, plugin }: RollupScope, hour: Hour, shard: number): string =>
  `${tenant}#contribution#${plugin}#${hour}#${shard}`;

const ALL_SHARDS = Array.from({ length: CONTRIBUTION_SHARDS }, (_, shard) => shard);

export const contributionShard = (analysisId: string): number => shardOf(analysisId, CONTRIBUTION_SHARDS);

export const contributionPartitions = (
  scope: RollupScope,
  hour: Hour,
  shards: readonly number[] = ALL_SHARDS,
): string[] => shards.map((shard) => contributionPartition(scope, hour, shard));

type Metrics = Record<string, Record<string, Record<string, MinuteCells[string][string]>>>;

/** Splits what would be too large for one item; since contributions are added up, a part is one like any other. */
const splitMetrics = (metrics: HourContribution['metrics']): Metrics[] => {
  const parts: Metrics[] = [{}];
  let room = LARGEST_PART_CHARACTERS;
  for (const [metric, minutes] of Object.entries(metrics)) {
    for (const [minute, cells] of Object.entries(minutes)) {
      for (const [series, summary] of Object.entries(cells)) {
        const characters = JSON.stringify(summary).length + series.length + 8;
        if (room < characters) {
          parts.push({});
          room = LARGEST_PART_CHARACTERS;
        }
        const part = parts.at(-1) ?? {};
        part[metric] ??= {};
        const ofMetric = part[metric];
        ofMetric[minute] ??= {};
        ofMetric[minute][series] = summary;
        room -= characters;
      }
    }
  }
  return parts;
};

/** They follow from the analysis alone, so that filing it twice changes nothing. */
export const toContributionItems = (
  scope: RollupScope,
  { analysisId, endedAt }: { analysisId: string; endedAt: string },
  { hour, metrics }: HourContribution,
  expiresAt: number,
): Item[] =>
  splitMetrics(metrics).map((part, index) => ({
    pk: { S: contributionPartition(scope, hour, contributionShard(analysisId)) },
    sk: { S: `${endedAt}#${analysisId}#${index}` },
    document: packDocument(part),
    expiresAt: { N: String(expiresAt) },
  }));

export const fromContributionItem = ({ sk, document }: Item): FiledContribution => {
  const [endedAt = '', analysisId = ''] = (sk?.S ?? '').split('#');
  return { endedAt, analysisId, metrics: unpackDocument(document) as FiledContribution['metrics'] };
};

export const pendingPartition = ({ tenant, plugin }: RollupScope): string => `${tenant}#pending#${plugin}`;

export const pendingKey = (scope: RollupScope, { hour, until, shard, lateAnalysis = '' }: PendingHour): Item => ({
  pk: { S: pendingPartition(scope) },
  sk: { S: [hour, until, shard ?? '', lateAnalysis].join('#') },
});

export const fromPendingItem = ({ sk }: Item): PendingHour => {
  const [hour = '', until = '', shard = '', lateAnalysis = ''] = (sk?.S ?? '').split('#');
  return {
    hour,
    until,
    ...(shard === '' ? {} : { shard: Number(shard) }),
    ...(lateAnalysis === '' ? {} : { lateAnalysis }),
  };
};

export const hourPartition = ({ tenant, plugin }: RollupScope, hour: Hour): string =>
  `${tenant}#rollup#${plugin}#hour#${hour}`;

export const hourKey = (scope: RollupScope, hour: Hour, metric: string): Item => ({
  pk: { S: hourPartition(scope, hour) },
  sk: { S: metric },
});

/** A metric is an identifier, so none is named like this. */
export const mergedKey = (scope: RollupScope, hour: Hour): Item => hourKey(scope, hour, MERGED_KEY);

export const isMergedItem = ({ sk }: Item): boolean => sk?.S === MERGED_KEY;

/** The hour that the key of an hour's item names. */
export const hourOfItem = ({ pk }: Item): Hour => pk?.S?.split('#').at(-1) ?? '';

export const dayPartition = ({ tenant, plugin }: RollupScope, metric: string): string =>
  `${tenant}#rollup#${plugin}#day#${metric}`;

export const dayKey = (scope: RollupScope, metric: string, day: string): Item => ({
  pk: { S: dayPartition(scope, metric) },
  sk: { S: day },
});

/** A rollup lies in its item or, when it is too large for one, where the reference says. */
export type RollupPlace = { readonly document: AttributeValue } | { readonly reference: string };

export const toRollupItem = (key: Item, version: number, place: RollupPlace, expiresAt: number): Item => ({
  ...key,
  ...marshall({ version, expiresAt }),
  ...('document' in place ? { document: place.document } : { reference: { S: place.reference } }),
});

export const versionOfItem = (item: Item): number => unmarshall({ version: item['version'] ?? { N: '0' } })['version'];
