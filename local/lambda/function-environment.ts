import { REGION } from '../assembly/inventory.ts';

export interface ServiceEndpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly s3: string;
}

/** The variables Lambda sets, with the services' endpoints pointed at this machine; nothing else of the host's own. */
export const lambdaEnvironment = (
  name: string,
  memoryMegabytes: number,
  { dynamodb, sqs, s3 }: ServiceEndpoints,
): { [name: string]: string } => ({
  TZ: ':UTC',
  LANG: 'en_US.UTF-8',
  PATH: process.env['PATH'] ?? '',
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_SQS: sqs,
  AWS_ENDPOINT_URL_S3: s3,
});
