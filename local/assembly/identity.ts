import { createHash } from 'node:crypto';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

/** What `Ref` and `Fn::GetAtt` give for a resource. */
export interface ResourceIdentity {
  readonly ref: string;
  readonly attributes: { readonly [name: string]: string };
}

/** Longest names that AWS takes; CloudFormation shortens what it makes up, and so does the runtime. */
const LONGEST_NAME: { readonly [type: string]: number } = {
  'AWS::Lambda::Function': 64,
  'AWS::SQS::Queue': 80,
  'AWS::S3::Bucket': 63,
};

export const arnOf = (service: string, resource: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** A name that stays the same from run to run, so that a resource finds its data again. */
const physicalName = (stackName: string, logicalId: string, type: string): string => {
  const name = `${stackName}-${logicalId}`;
  const longest = LONGEST_NAME[type] ?? 255;
  if (name.length <= longest) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, longest - digest.length - 1)}-${digest}`;
};

export interface NamedResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** The name that the template gives, free of intrinsic functions. */
  readonly givenName: string | undefined;
}

/** The property that names a resource of a type, for the types whose `Ref` or ARN contains the name. */
export const NAME_PROPERTY: { readonly [type: string]: string } = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::ApiGatewayV2::DomainName': 'DomainName',
};

/** What other resources and functions' environments know a resource by. */
export const identityOf = ({ stackName, logicalId, type, givenName }: NamedResource): ResourceIdentity => {
  const name = givenName ?? physicalName(stackName, logicalId, type);
  switch (type) {
    case 'AWS::Lambda::Function':
      return { ref: name, attributes: { Arn: arnOf('lambda', `function:${name}`) } };
    case 'AWS::SQS::Queue': {
      const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
      return { ref: url, attributes: { Arn: arnOf('sqs', name), QueueName: name, QueueUrl: url } };
    }
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      return { ref: name, attributes: { Arn: arnOf('dynamodb', `table/${name}`) } };
    case 'AWS::S3::Bucket': {
      const bucket = name.toLowerCase();
      const domain = `${bucket}.s3.${REGION}.amazonaws.com`;
      return {
        ref: bucket,
        attributes: { Arn: `arn:aws:s3:::${bucket}`, DomainName: domain, RegionalDomainName: domain },
      };
    }
    case 'AWS::ApiGatewayV2::Api': {
      const id = logicalId.toLowerCase();
      return { ref: id, attributes: { ApiEndpoint: `https://${id}.execute-api.${REGION}.amazonaws.com`, ApiId: id } };
    }
    case 'AWS::ApiGatewayV2::DomainName':
      return { ref: name, attributes: { RegionalDomainName: name, RegionalHostedZoneId: 'local' } };
    case 'AWS::CloudFront::Distribution': {
      const id = logicalId.toLowerCase();
      return { ref: id, attributes: { Id: id, DomainName: `${id}.cloudfront.net` } };
    }
    case 'AWS::CloudFront::Function': {
      const arn = arnOf('cloudfront', `function/${logicalId}`);
      return { ref: arn, attributes: { FunctionARN: arn } };
    }
    case 'AWS::CloudFront::OriginAccessControl':
      return { ref: logicalId, attributes: { Id: logicalId } };
    case 'AWS::ApiGatewayV2::Authorizer':
      return { ref: logicalId, attributes: { AuthorizerId: logicalId } };
    case 'AWS::SNS::Topic':
      return { ref: arnOf('sns', logicalId), attributes: { TopicArn: arnOf('sns', logicalId), TopicName: logicalId } };
    default:
      return { ref: logicalId, attributes: { Arn: arnOf('local', logicalId) } };
  }
};
