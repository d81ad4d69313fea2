import { RuntimeError } from '../settings.ts';
import { createResolver, type ResourceIdentity } from './intrinsics.ts';
import type { Assembly, Properties } from './read-assembly.ts';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

/** What has no meaning on one machine, and why. Everything else must be emulated or is refused. */
const IGNORED: { readonly [type: string]: string } = {
  'AWS::IAM::Role': 'every function may do everything here; what the roles allow is checked by the template tests',
  'AWS::IAM::Policy': 'as roles',
  'AWS::IAM::ManagedPolicy': 'as roles',
  'AWS::Lambda::Permission': 'as roles',
  'AWS::SQS::QueuePolicy': 'as roles',
  'AWS::S3::BucketPolicy': 'as roles',
  'AWS::SNS::TopicPolicy': 'as roles',
  'AWS::SNS::Topic': 'carries alarms only',
  'AWS::SNS::Subscription': 'carries alarms only',
  'AWS::CloudWatch::Alarm': 'there is nobody to page',
  'AWS::CloudWatch::Dashboard': 'metrics are not collected',
  'AWS::Logs::LogGroup': 'logs go to the console',
  'AWS::ApiGateway::Account': 'lets API Gateway write logs',
  'AWS::ApiGatewayV2::Deployment': 'what the template says is live at once',
  'AWS::CDK::Metadata': 'describes the tool that wrote the template',
};

/**
 * Properties the runtime acts on, and those that change nothing here (encryption, backups, deletion rules, tracing).
 * A property on neither list is named in a warning, because the deployed system would behave differently.
 */
const HONOURED: { readonly [type: string]: { readonly acts: readonly string[]; readonly inert: readonly string[] } } = {
  'AWS::Lambda::Function': {
    acts: [
      'Code',
      'Handler',
      'Environment',
      'Timeout',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'FunctionName',
      'Runtime',
    ],
    inert: ['Architectures', 'Role', 'LoggingConfig', 'TracingConfig', 'Tags', 'Description'],
  },
  'AWS::Lambda::EventSourceMapping': {
    acts: [
      'FunctionName',
      'EventSourceArn',
      'BatchSize',
      'MaximumBatchingWindowInSeconds',
      'ScalingConfig',
      'FunctionResponseTypes',
      'Enabled',
    ],
    inert: ['Tags'],
  },
  'AWS::SQS::Queue': {
    acts: [
      'QueueName',
      'VisibilityTimeout',
      'RedrivePolicy',
      'MessageRetentionPeriod',
      'DelaySeconds',
      'MaximumMessageSize',
    ],
    inert: ['SqsManagedSseEnabled', 'KmsMasterKeyId', 'Tags'],
  },
  'AWS::DynamoDB::Table': {
    acts: [
      'TableName',
      'KeySchema',
      'AttributeDefinitions',
      'GlobalSecondaryIndexes',
      'TimeToLiveSpecification',
      'BillingMode',
    ],
    inert: ['PointInTimeRecoverySpecification', 'DeletionProtectionEnabled', 'SSESpecification', 'Tags'],
  },
  'AWS::S3::Bucket': {
    acts: ['BucketName'],
    inert: [
      'BucketEncryption',
      'PublicAccessBlockConfiguration',
      'LifecycleConfiguration',
      'OwnershipControls',
      'CorsConfiguration',
      'Tags',
    ],
  },
  'AWS::ApiGatewayV2::Api': {
    acts: ['ProtocolType', 'CorsConfiguration', 'RouteSelectionExpression'],
    inert: ['Name', 'Description', 'Tags', 'DisableExecuteApiEndpoint'],
  },
  'AWS::ApiGatewayV2::Route': {
    acts: ['ApiId', 'RouteKey', 'Target', 'AuthorizationType', 'RouteResponseSelectionExpression'],
    inert: ['OperationName'],
  },
  'AWS::ApiGatewayV2::Integration': {
    acts: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
    inert: ['IntegrationMethod', 'Description'],
  },
  'AWS::ApiGatewayV2::Stage': {
    acts: ['ApiId', 'StageName', 'DefaultRouteSettings'],
    inert: ['AutoDeploy', 'AccessLogSettings', 'Tags', 'Description'],
  },
  'AWS::ApiGatewayV2::RouteResponse': { acts: ['ApiId', 'RouteId', 'RouteResponseKey'], inert: [] },
  'AWS::ApiGatewayV2::IntegrationResponse': { acts: ['ApiId', 'IntegrationId', 'IntegrationResponseKey'], inert: [] },
  'AWS::Events::Rule': { acts: ['ScheduleExpression', 'State', 'Targets'], inert: ['Description', 'Name', 'Tags'] },
};

export interface KnownResource {
  readonly logicalId: string;
  readonly type: string;
  /** Free of intrinsic functions. */
  readonly properties: Properties;
  readonly identity: ResourceIdentity;
}

export interface Inventory {
  readonly stackName: string;
  ofType(type: string): readonly KnownResource[];
  /** The resource of a type that `value` is the `Ref`, the ARN or the logical id of. */
  find(type: string, value: unknown): KnownResource | undefined;
  readonly warnings: readonly string[];
}

const arn = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** Bucket names are lower-case; tables, queues and functions keep the logical id's own spelling. */
const identityOf = (stackName: string, logicalId: string, type: string, properties: Properties): ResourceIdentity => {
  const named = (property: string): string =>
    typeof properties[property] === 'string' ? properties[property] : `${stackName}-${logicalId}`;
  switch (type) {
    case 'AWS::Lambda::Function': {
      const name = named('FunctionName');
      return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
    }
    case 'AWS::SQS::Queue': {
      const name = named('QueueName');
      const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
      return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
    }
    case 'AWS::DynamoDB::Table': {
      const name = named('TableName');
      return { ref: name, attributes: { Arn: arn('dynamodb', `table/${name}`) } };
    }
    case 'AWS::S3::Bucket': {
      const name = named('BucketName').toLowerCase();
      return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: `${name}.s3.amazonaws.com` } };
    }
    case 'AWS::ApiGatewayV2::Api': {
      const id = logicalId.toLowerCase();
      return { ref: id, attributes: { ApiEndpoint: `https://${id}.execute-api.${REGION}.amazonaws.com`, ApiId: id } };
    }
    case 'AWS::SNS::Topic':
      return { ref: arn('sns', logicalId), attributes: { TopicArn: arn('sns', logicalId), TopicName: logicalId } };
    default:
      return { ref: logicalId, attributes: { Arn: arn('local', logicalId) } };
  }
};

const checkType = (logicalId: string, type: string): void => {
  if (type in IGNORED || type in HONOURED) return;
  throw new RuntimeError(
    `The template holds ${logicalId} of type ${type}, which the local runtime does not emulate. ` +
      'Teach it in local/assembly/inventory.ts, or say there why it has no meaning on one machine.',
  );
};

const warnOfUnknown = (logicalId: string, type: string, properties: Properties): string[] => {
  const known = HONOURED[type];
  if (known === undefined) return [];
  return Object.keys(properties)
    .filter((name) => !known.acts.includes(name) && !known.inert.includes(name))
    .map((name) => `${logicalId} (${type}): the property ${name} is not emulated`);
};

/**
 * Takes stock of a template: every resource that means something here, with its properties resolved.
 *
 * @throws {RuntimeError} on a resource type or an intrinsic function that the runtime does not know.
 */
export const takeInventory = ({ stackName, template }: Assembly): Inventory => {
  const identities = new Map<string, ResourceIdentity>();
  const identify = (logicalId: string): ResourceIdentity => {
    const resource = template.Resources[logicalId];
    const identity =
      identities.get(logicalId) ?? identityOf(stackName, logicalId, resource?.Type ?? '', resource?.Properties ?? {});
    identities.set(logicalId, identity);
    return identity;
  };
  const { resolve, holds } = createResolver({
    template,
    identify,
    pseudoParameters: {
      'AWS::Region': REGION,
      'AWS::AccountId': ACCOUNT,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': arn('cloudformation', `stack/${stackName}/local`),
      'AWS::NoValue': '',
    },
  });
  const present = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || holds(Condition),
  );
  for (const [logicalId, { Type }] of present) checkType(logicalId, Type);
  const resources = present
    .filter(([, { Type }]) => Type in HONOURED)
    .map(([logicalId, { Type, Properties: raw = {} }]) => ({
      logicalId,
      type: Type,
      properties: resolve(raw) as Properties,
      identity: identify(logicalId),
    }));
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    stackName,
    ofType,
    find: (type, value) =>
      ofType(type).find(
        ({ logicalId, identity }) =>
          value === identity.ref || value === identity.attributes['Arn'] || value === logicalId,
      ),
    warnings: resources.flatMap(({ logicalId, type, properties }) => warnOfUnknown(logicalId, type, properties)),
  };
};
