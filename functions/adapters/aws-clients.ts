import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Clients as every function wants them. Region, credentials and endpoints come from the Lambda environment. */

/** In a region a connection takes milliseconds; a busy machine that runs everything itself may need a second or two. */
const CONNECT_TIMEOUT_MS = 3_000;

export const createDynamoDbClient = (): DynamoDBClient =>
  new DynamoDBClient({ requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: 5_000 } });

export const createSqsClient = (): SQSClient =>
  new SQSClient({
    // The endpoint is the region's, whatever host a queue's URL names: that is what lets AWS_ENDPOINT_URL_SQS work.
    useQueueUrlAsEndpoint: false,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: 10_000 },
  });

export const createSecretsManagerClient = (): SecretsManagerClient =>
  new SecretsManagerClient({ requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: 3_000 } });

/** @param endpoint the HTTPS URL of the WebSocket API's stage */
export const createApiGatewayClient = (endpoint: string): ApiGatewayManagementApiClient =>
  new ApiGatewayManagementApiClient({
    endpoint,
    // The SDK retries what failed in passing, LimitExceededException included, after pauses that grow, with jitter.
    maxAttempts: 3,
    // A connection that answers no sooner is left to a later attempt, so that it holds up nobody else.
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: 2_000, httpsAgent: { maxSockets: 64 } },
  });
