import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { batchingWindowSeconds, type PluginManifest, workerTimeoutSeconds } from '../../plugins/manifest.ts';
import type { Settings } from '../settings.ts';
import { BundledFunction } from './bundled-function.ts';
import { ConsumedQueue } from './consumed-queue.ts';
import type { Models } from './models.ts';
import type { Storage } from './storage.ts';

/** Every plugin's queue is named this plus the plugin's name, so that whoever submits can address it by type. */
export const jobQueueNamePrefix = (scope: Construct): string => `${Stack.of(scope).stackName}-jobs-`;

export interface PluginWorkerProps {
  readonly settings: Settings;
  readonly manifest: PluginManifest;
  readonly storage: Storage;
  readonly pushQueue: IQueue;
  readonly models: Models;
  /** Where it asks for what its results add to metrics to be merged. */
  readonly rollupQueue: IQueue;
  readonly alarmTopic: ITopic;
}

/** One plugin: its queue, dead-letter queue, alarms and Lambda, sized by its manifest and apart from every other. */
export class PluginWorker extends Construct {
  public readonly jobs: ConsumedQueue;
  public readonly worker: BundledFunction;

  constructor(scope: Construct, id: string, props: PluginWorkerProps) {
    super(scope, id);
    const { settings, manifest, storage, pushQueue, rollupQueue, models, alarmTopic } = props;
    const { memory, batchSize, maxConcurrency, reservedConcurrency } = manifest.resources;
    const timeout = Duration.seconds(workerTimeoutSeconds(manifest));
    this.jobs = new ConsumedQueue(this, 'Jobs', {
      queueName: `${jobQueueNamePrefix(this)}${manifest.name}`,
      consumerTimeout: timeout,
      batchSize,
      batchingWindow: batchingWindowSeconds(manifest),
      maxConcurrency,
      alarmTopic,
    });
    this.worker = new BundledFunction(this, 'Worker', {
      settings,
      bundle: `worker-${manifest.name}`,
      memory,
      timeout,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
      environment: {
        ...(manifest.models ? models.environment : {}),
        ANALYSES_TABLE: storage.analyses.tableName,
        PAYLOADS_BUCKET: storage.payloads.bucketName,
        RESULT_RETENTION_DAYS: String(settings.retentionDays),
        JOB_QUEUE_URL: this.jobs.queue.queueUrl,
        DEAD_LETTER_QUEUE_URL: this.jobs.deadLetters.queueUrl,
        PUSH_QUEUE_URL: pushQueue.queueUrl,
        ROLLUP_QUEUE_URL: rollupQueue.queueUrl,
      },
    });
    this.worker
      .allow(
        [
          'dynamodb:GetItem',
          'dynamodb:BatchGetItem',
          'dynamodb:Query',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:BatchWriteItem',
        ],
        storage.analyses.tableArn,
      )
      .allowPattern(
        ['s3:GetObject', 's3:DeleteObject'],
        storage.payloads.arnForObjects('jobs/*'),
        'Documents of its jobs.',
      )
      .allowPattern(['s3:GetObject', 's3:PutObject'], storage.payloads.arnForObjects('results/*'), 'Its large results.')
      // Without it S3 answers "forbidden" for a document that has expired, and the worker could not tell.
      .allow(['s3:ListBucket'], storage.payloads.bucketArn)
      .allow(['sqs:SendMessage'], this.jobs.deadLetters.queueArn, pushQueue.queueArn, rollupQueue.queueArn);
    if (manifest.models) models.serve(this.worker);
    this.jobs.consumedBy(this.worker);
  }
}
