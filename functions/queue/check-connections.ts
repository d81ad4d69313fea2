import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { checkConnection, connectionCheckSchema } from '../core/guard-connection.ts';
import { connectionCheckDependencies } from '../dependencies/connections.ts';

const dependencies = connectionCheckDependencies();

const check = async ({ messageId, body }: SQSRecord): Promise<string | undefined> => {
  try {
    await checkConnection(dependencies, connectionCheckSchema.parse(JSON.parse(body)));
    return undefined;
  } catch (error) {
    dependencies.logger.error('Connection could not be checked', { messageId, error });
    return messageId;
  }
};

/** Closes the connections that did not authenticate or whose credential has expired, as their checks become due. */
export const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const failed = await Promise.all(Records.map(check));
  return {
    batchItemFailures: failed.flatMap((itemIdentifier) => (itemIdentifier === undefined ? [] : { itemIdentifier })),
  };
};
