import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

/** Access logs of an API's stage as JSON, one line a request, without bodies or credentials. */
export const accessLog = (
  scope: Construct,
  settings: Settings,
  fields: Readonly<Record<string, string>>,
): IAccessLogSettings => {
  const logGroup = new LogGroup(scope, 'AccessLog', {
    retention: settings.isProduction ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const format = JSON.stringify(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, `$context.${field}`])),
  );
  return { destination: new LogGroupLogDestination(logGroup), format: AccessLogFormat.custom(format) };
};
