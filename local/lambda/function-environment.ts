import { REGION } from '../assembly/identity.ts';

/** URLs of what functions call, on this machine. */
export interface ServiceEndpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly s3: string;
  readonly secretsManager: string;
  readonly apiGatewayManagement: string;
}

export interface FunctionSettings {
  readonly name: string;
  readonly handler: string;
  readonly folder: string;
  readonly memoryMegabytes: number;
}

/**
 * The variables Lambda sets, with the services' endpoints pointed at this machine; nothing else of the host's own.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export const lambdaEnvironment = (
  { name, handler, folder, memoryMegabytes }: FunctionSettings,
  { dynamodb, sqs, s3, secretsManager, apiGatewayManagement }: ServiceEndpoints,
): { [name: string]: string } => ({
  TZ: ':UTC',
  LANG: 'en_US.UTF-8',
  PATH: process.env['PATH'] ?? '',
  _HANDLER: handler,
  LAMBDA_TASK_ROOT: folder,
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_SQS: sqs,
  AWS_ENDPOINT_URL_S3: s3,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
  AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: apiGatewayManagement,
});
