import type { Inventory } from '../assembly/inventory.ts';
import type { Functions } from '../lambda/functions.ts';
import { RuntimeError } from '../settings.ts';
import type { LocalQueue } from '../stores/queues.ts';
import { QueueEventSource } from './queue-event-source.ts';

/** Invocations an event source may have at the same time when it sets no limit of its own. */
const DEFAULT_CONCURRENCY = 1000;

/**
 * Starts every event source mapping that is enabled.
 *
 * @throws {RuntimeError} naming one that does not join a queue and a function of the template.
 */
export const startEventSources = (
  inventory: Inventory,
  findQueue: (arn: string) => LocalQueue | undefined,
  functions: Functions,
): QueueEventSource[] =>
  inventory
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties['Enabled'] !== false)
    .map(({ logicalId, properties }) => {
      const queueArn = String(properties['EventSourceArn']);
      const queue = findQueue(queueArn);
      if (queue === undefined) {
        throw new RuntimeError(`${logicalId} reads from ${queueArn}, which is no queue of this template`);
      }
      const target = functions.get(properties['FunctionName'], logicalId);
      const scaling = properties['ScalingConfig'] as { readonly MaximumConcurrency?: number } | undefined;
      return new QueueEventSource({
        queue,
        queueArn,
        target,
        batchSize: Number(properties['BatchSize'] ?? 10),
        batchingWindowSeconds: Number(properties['MaximumBatchingWindowInSeconds'] ?? 0),
        // More batches than the function has threads would only wait with their visibility timeout running.
        maxConcurrency: Math.min(scaling?.MaximumConcurrency ?? DEFAULT_CONCURRENCY, target.options.concurrency),
        reportsFailures: ((properties['FunctionResponseTypes'] ?? []) as string[]).includes('ReportBatchItemFailures'),
      });
    });
