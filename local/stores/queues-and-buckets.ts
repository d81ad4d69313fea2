import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Inventory } from '../assembly/inventory.ts';
import { addBucketCors, createBuckets, startLifecycle } from './buckets.ts';
import { openFauxqs } from './fauxqs.ts';
import { addQueueAdministration } from './queue-administration.ts';
import { createQueues, type LocalQueue, returnInFlight, startRetention, toLocalQueue } from './queues.ts';

export interface QueuesAndBuckets {
  /** URL of both SQS and S3. */
  readonly endpoint: string;
  findQueue(arn: string): LocalQueue | undefined;
  stop(): Promise<void>;
}

/** Starts SQS and S3 with the template's queues and buckets. */
export const startQueuesAndBuckets = async (inventory: Inventory, dataDir: string): Promise<QueuesAndBuckets> => {
  const path = join(dataDir, 'fauxqs');
  mkdirSync(path, { recursive: true });
  const fauxqs = await openFauxqs(path);
  createQueues(inventory, fauxqs.sqs);
  createBuckets(inventory, fauxqs.s3);
  returnInFlight(fauxqs.sqs);
  addQueueAdministration(fauxqs);
  addBucketCors(inventory, fauxqs);
  const endpoint = await fauxqs.listen();
  const sweeps = [startRetention(fauxqs.sqs), startLifecycle(inventory, fauxqs.s3)];
  return {
    endpoint,
    findQueue(arn) {
      const queue = fauxqs.sqs.getQueueByArn(arn);
      return queue === undefined ? undefined : toLocalQueue(fauxqs.sqs, queue);
    },
    async stop() {
      for (const sweep of sweeps) sweep.stop();
      await fauxqs.stop();
    },
  };
};
