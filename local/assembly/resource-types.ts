/** What has no meaning on one machine, and why. Everything else must be emulated or is refused. */
export const IGNORED_TYPES: { readonly [type: string]: string } = {
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
  'AWS::CloudWatch::CompositeAlarm': 'there is nobody to page',
  'AWS::CloudWatch::Dashboard': 'metrics are not collected',
  'AWS::Logs::LogGroup': 'logs go to the console',
  'AWS::Logs::MetricFilter': 'metrics are not collected',
  'AWS::ApiGateway::Account': 'access logs are not written',
  'AWS::ApiGatewayV2::Deployment': 'what the template says is live at once',
  'AWS::Scheduler::ScheduleGroup': 'groups schedules for the console',
  'AWS::KMS::Key': 'data at rest is not encrypted here',
  'AWS::KMS::Alias': 'data at rest is not encrypted here',
  'AWS::CDK::Metadata': 'describes the tool that wrote the template',
  'Custom::S3AutoDeleteObjects': 'acts when the stack is deleted',
  'Custom::LogRetention': 'logs go to the console',
};

export interface PropertySupport {
  /** The runtime does what they say. */
  readonly acts: readonly string[];
  /** They change nothing on one machine: encryption, backups, deletion rules, tracing, descriptions. */
  readonly inert: readonly string[];
  /** To run without them would be to run something else; a template that has one is refused. */
  readonly refused?: readonly string[];
}

/** Emulated types. A property on none of a type's lists is named in a warning. */
export const EMULATED_TYPES: { readonly [type: string]: PropertySupport } = {
  'AWS::Lambda::Function': {
    acts: [
      'Code',
      'Environment',
      'FunctionName',
      'Handler',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'Runtime',
      'Timeout',
    ],
    inert: [
      'Architectures',
      'Description',
      'EphemeralStorage',
      'KmsKeyArn',
      'LoggingConfig',
      'RecursiveLoop',
      'Role',
      'RuntimeManagementConfig',
      'Tags',
      'TracingConfig',
      'VpcConfig',
    ],
    refused: ['FileSystemConfigs', 'ImageConfig', 'Layers', 'PackageType'],
  },
  'AWS::Lambda::EventSourceMapping': {
    acts: [
      'BatchSize',
      'Enabled',
      'EventSourceArn',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'ScalingConfig',
    ],
    inert: ['KmsKeyArn', 'MetricsConfig', 'Tags'],
    refused: ['FilterCriteria', 'StartingPosition'],
  },
  'AWS::SQS::Queue': {
    acts: [
      'DelaySeconds',
      'MaximumMessageSize',
      'MessageRetentionPeriod',
      'QueueName',
      'ReceiveMessageWaitTimeSeconds',
      'RedrivePolicy',
      'VisibilityTimeout',
    ],
    inert: ['KmsDataKeyReusePeriodSeconds', 'KmsMasterKeyId', 'RedriveAllowPolicy', 'SqsManagedSseEnabled', 'Tags'],
    refused: ['FifoQueue'],
  },
  'AWS::DynamoDB::Table': {
    acts: [
      'AttributeDefinitions',
      'BillingMode',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'TableName',
      'TimeToLiveSpecification',
    ],
    inert: [
      'ContributorInsightsSpecification',
      'DeletionProtectionEnabled',
      'OnDemandThroughput',
      'PointInTimeRecoverySpecification',
      'ProvisionedThroughput',
      'ResourcePolicy',
      'SSESpecification',
      'TableClass',
      'Tags',
      'WarmThroughput',
    ],
    refused: ['ImportSourceSpecification', 'StreamSpecification'],
  },
  'AWS::DynamoDB::GlobalTable': {
    acts: [
      'AttributeDefinitions',
      'BillingMode',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'TableName',
      'TimeToLiveSpecification',
    ],
    inert: [
      'Replicas',
      'SSESpecification',
      'WarmThroughput',
      'WriteOnDemandThroughputSettings',
      'WriteProvisionedThroughputSettings',
    ],
    refused: ['StreamSpecification'],
  },
  'AWS::S3::Bucket': {
    acts: ['BucketName', 'CorsConfiguration', 'LifecycleConfiguration'],
    inert: [
      'AccessControl',
      'BucketEncryption',
      'LoggingConfiguration',
      'OwnershipControls',
      'PublicAccessBlockConfiguration',
      'Tags',
    ],
    refused: ['NotificationConfiguration', 'ReplicationConfiguration', 'WebsiteConfiguration'],
  },
  'AWS::ApiGatewayV2::Api': {
    acts: ['CorsConfiguration', 'ProtocolType', 'RouteSelectionExpression'],
    inert: [
      'ApiKeySelectionExpression',
      'Description',
      'DisableExecuteApiEndpoint',
      'IpAddressType',
      'Name',
      'Tags',
      'Version',
    ],
    refused: ['Body', 'BodyS3Location', 'RouteKey', 'Target'],
  },
  'AWS::ApiGatewayV2::Route': {
    acts: ['ApiId', 'AuthorizationType', 'AuthorizerId', 'RouteKey', 'RouteResponseSelectionExpression', 'Target'],
    inert: ['OperationName'],
    refused: [
      'ApiKeyRequired',
      'AuthorizationScopes',
      'ModelSelectionExpression',
      'RequestModels',
      'RequestParameters',
    ],
  },
  'AWS::ApiGatewayV2::Integration': {
    acts: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
    inert: ['ConnectionType', 'CredentialsArn', 'Description', 'IntegrationMethod', 'PassthroughBehavior'],
    refused: [
      'ContentHandlingStrategy',
      'IntegrationSubtype',
      'RequestParameters',
      'RequestTemplates',
      'ResponseParameters',
    ],
  },
  'AWS::ApiGatewayV2::Authorizer': {
    acts: [
      'ApiId',
      'AuthorizerPayloadFormatVersion',
      'AuthorizerResultTtlInSeconds',
      'AuthorizerType',
      'AuthorizerUri',
      'EnableSimpleResponses',
      'IdentitySource',
    ],
    inert: ['AuthorizerCredentialsArn', 'Name'],
    refused: ['JwtConfiguration'],
  },
  'AWS::ApiGatewayV2::Stage': {
    acts: ['ApiId', 'DefaultRouteSettings', 'RouteSettings', 'StageName'],
    inert: ['AccessLogSettings', 'AutoDeploy', 'DeploymentId', 'Description', 'Tags'],
    refused: ['StageVariables'],
  },
  'AWS::ApiGatewayV2::RouteResponse': { acts: ['ApiId', 'RouteId', 'RouteResponseKey'], inert: [] },
  'AWS::ApiGatewayV2::IntegrationResponse': { acts: ['ApiId', 'IntegrationId', 'IntegrationResponseKey'], inert: [] },
  // One machine answers to whatever name it is called by; where a name's path leads is what counts.
  'AWS::ApiGatewayV2::DomainName': {
    acts: ['DomainName'],
    inert: ['DomainNameConfigurations', 'RoutingMode', 'Tags'],
    refused: ['MutualTlsAuthentication'],
  },
  'AWS::ApiGatewayV2::ApiMapping': { acts: ['ApiId', 'ApiMappingKey', 'DomainName', 'Stage'], inert: [] },
  'AWS::Events::Rule': {
    acts: ['ScheduleExpression', 'State', 'Targets'],
    inert: ['Description', 'Name', 'RoleArn', 'Tags'],
    refused: ['EventPattern'],
  },
  'AWS::Scheduler::Schedule': {
    acts: ['ScheduleExpression', 'ScheduleExpressionTimezone', 'State', 'Target'],
    inert: ['Description', 'FlexibleTimeWindow', 'GroupName', 'KmsKeyArn', 'Name'],
    refused: ['EndDate', 'StartDate'],
  },
};
