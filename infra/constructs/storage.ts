import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

/** Days that a job's document waits to be used: as long as its message can wait in a dead-letter queue. */
export const DEAD_LETTER_DAYS = 14;

/** Days that an uploaded file may be trained on. */
const UPLOAD_DAYS = 7;

export interface StorageProps {
  readonly settings: Settings;
}

/** Where analyses, connections, API keys, dashboards and documents too large to travel are kept. */
export class Storage extends Construct {
  public readonly analyses: Table;
  public readonly connections: Table;
  /** Events of the last hours, for clients that were away. */
  public readonly events: Table;
  /** API keys, by their hashes: apart from everything else, so that hardly any function can read it. */
  public readonly credentials: Table;
  /** Models, their versions and trainings. */
  public readonly models: Table;
  public readonly dashboards: Table;
  public readonly payloads: Bucket;

  constructor(scope: Construct, id: string, { settings }: StorageProps) {
    super(scope, id);
    const removalPolicy = settings.isProduction ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const table = (name: string): Table =>
      new Table(this, name, {
        partitionKey: { name: 'pk', type: AttributeType.STRING },
        sortKey: { name: 'sk', type: AttributeType.STRING },
        billingMode: BillingMode.PAY_PER_REQUEST,
        timeToLiveAttribute: 'expiresAt',
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: settings.isProduction,
        removalPolicy,
      });
    this.analyses = table('Analyses');
    this.connections = table('Connections');
    this.events = table('Events');
    this.credentials = table('Credentials');
    this.models = table('Models');
    this.dashboards = table('Dashboards');
    this.payloads = new Bucket(this, 'Payloads', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // CloudFormation deletes an empty bucket only. Emptying it would take a Lambda of CDK's own; documents expire
      // instead, and whoever removes a stage before that empties its bucket first.
      removalPolicy,
      lifecycleRules: [
        { prefix: 'jobs/', expiration: Duration.days(DEAD_LETTER_DAYS) },
        { prefix: 'training/', expiration: Duration.days(DEAD_LETTER_DAYS) },
        { prefix: 'uploads/', expiration: Duration.days(UPLOAD_DAYS) },
        { prefix: 'results/', expiration: Duration.days(settings.retentionDays) },
        { prefix: 'rollups/', expiration: Duration.days(settings.retentionDays) },
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      // Links to large results are followed by browsers, and files of trainings may be put by them.
      cors: [
        {
          allowedMethods: [HttpMethods.GET, HttpMethods.PUT],
          allowedOrigins: [...settings.corsOrigins],
          allowedHeaders: ['*'],
        },
      ],
    });
    Validations.of(this.payloads).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason:
        'Documents on their way, written and read by the functions alone and through links that expire; whoever must audit single reads has CloudTrail data events.',
    });
  }
}
