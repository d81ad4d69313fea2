import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RollupQueue } from '../core/rollups/rollup-store.ts';

export const createSqsRollupQueue = ({ client, url }: { client: SQSClient; url: string }): RollupQueue => ({
  async send(scope, { delaySeconds }) {
    await client.send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(scope), DelaySeconds: delaySeconds }),
    );
  },
});
