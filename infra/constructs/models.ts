import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { BundledFunction, type BundledFunctionProps } from './bundled-function.ts';
import { ConsumedQueue } from './consumed-queue.ts';
import type { HttpApi } from './http-api.ts';
import type { Storage } from './storage.ts';

/** The longest that Lambda allows: what takes longer goes on in another invocation. */
const TRAINING_TIMEOUT = Duration.minutes(15);
/** MB: nearly two cores' worth, of which training uses one and its input and output the other. */
const TRAINING_MEMORY = 3008;
const PREDICTION_MEMORY = 1769;
const REVIEW_TIMEOUT = Duration.minutes(5);
/** Trainings at the same time, of all tenants. */
const MOST_TRAININGS = 10;

/** What a function logs when a champion cannot be served. */
const UNUSABLE_ALERT = 'model.artifact_unusable';

export interface ModelsProps {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly pushQueue: IQueue;
  readonly alarmTopic: ITopic;
}

/** Models: their routes, the queue and the function that train them, and the alarm on champions that cannot be served. */
export class Models extends Construct {
  readonly #props: ModelsProps;
  readonly #trainings: ConsumedQueue;
  readonly #unusable: Metric;

  constructor(scope: Construct, id: string, props: ModelsProps) {
    super(scope, id);
    this.#props = props;
    this.#trainings = new ConsumedQueue(this, 'Trainings', {
      consumerTimeout: TRAINING_TIMEOUT,
      batchSize: 1,
      batchingWindow: 0,
      maxConcurrency: MOST_TRAININGS,
      alarmTopic: props.alarmTopic,
    });
    this.#unusable = new Metric({
      namespace: 'AiAnalytics',
      metricName: `${props.settings.stage}-UnusableArtifacts`,
      statistic: 'Sum',
      period: Duration.minutes(5),
    });
    new Alarm(this, 'UnusableArtifactAlarm', {
      metric: this.#unusable,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(props.alarmTopic));
    this.#trainings.consumedBy(this.#trainer());
    if (props.settings.retrainsModels) this.#reviewHourly();
  }

  /** What a function needs to know of where models are. */
  get environment(): Record<string, string> {
    const { models, payloads } = this.#props.storage;
    return { MODELS_TABLE: models.tableName, PAYLOADS_BUCKET: payloads.bucketName };
  }

  /** Lets a function load champions, and watches that it can. */
  serve(server: BundledFunction): void {
    const { models, payloads } = this.#props.storage;
    server
      .allow(['dynamodb:GetItem'], models.tableArn)
      .allowPattern(['s3:GetObject'], payloads.arnForObjects('models/*'), 'It runs any model of its callers.')
      // Without it S3 answers "forbidden" for an artifact that is gone, and nobody could tell.
      .allow(['s3:ListBucket'], payloads.bucketArn);
    new MetricFilter(server, 'UnusableArtifacts', {
      logGroup: server.function.logGroup,
      filterPattern: FilterPattern.literal(`"${UNUSABLE_ALERT}"`),
      metricNamespace: this.#unusable.namespace,
      metricName: this.#unusable.metricName,
      metricValue: '1',
    });
  }

  addRoutes(api: HttpApi): void {
    const path = '/api/models';
    const one = `${path}/{model}`;
    const training = `${one}/trainings/{trainingId}`;
    const manager = this.#manager();
    api.route(HttpMethod.POST, path, manager);
    api.route(HttpMethod.GET, path, manager);
    api.route(HttpMethod.GET, one, manager);
    api.route(HttpMethod.POST, `${one}/uploads`, manager);
    api.route(HttpMethod.GET, training, manager);
    for (const route of [`${training}/cancel`, `${one}/promote`, `${one}/rollback`, `${one}/compare`]) {
      api.route(HttpMethod.POST, route, manager);
    }
    api.route(HttpMethod.POST, `${one}/train`, this.#trainingStarter());
    api.route(HttpMethod.POST, `${one}/predict`, this.#predictor());
  }

  #function(bundle: string, options: Partial<BundledFunctionProps> = {}): BundledFunction {
    const environment = { ...this.environment, ...options.environment };
    return new BundledFunction(this, bundle, { ...options, settings: this.#props.settings, bundle, environment });
  }

  /** Everything that is asked of models but their trainings and predictions, and what of it subscribers are told. */
  #manager(): BundledFunction {
    const { pushQueue, storage } = this.#props;
    return this.#function('manage-models', { environment: { PUSH_QUEUE_URL: pushQueue.queueUrl } })
      .allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], storage.models.tableArn)
      .allowPattern(
        ['s3:PutObject'],
        storage.payloads.arnForObjects('uploads/*'),
        'What it signs may put one file of a training.',
      )
      .allow(['sqs:SendMessage'], pushQueue.queueArn);
  }

  #trainingStarter(): BundledFunction {
    const { payloads, models } = this.#props.storage;
    return this.#function('train-model', {
      memory: 1024,
      environment: { TRAINING_QUEUE_URL: this.#trainings.queue.queueUrl },
    })
      .allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], models.tableArn)
      .allowPattern(['s3:PutObject'], payloads.arnForObjects('training/*'), 'Rows of the trainings it starts.')
      .allow(['sqs:SendMessage'], this.#trainings.queue.queueArn);
  }

  #predictor(): BundledFunction {
    const predictor = this.#function('predict-with-model', { memory: PREDICTION_MEMORY });
    this.serve(predictor);
    return predictor;
  }

  #reviewHourly(): void {
    const { analyses, models } = this.#props.storage;
    const { queue } = this.#trainings;
    const reviewer = this.#function('review-models', {
      timeout: REVIEW_TIMEOUT,
      environment: {
        ANALYSES_TABLE: analyses.tableName,
        RESULT_RETENTION_DAYS: String(this.#props.settings.retentionDays),
        TRAINING_QUEUE_URL: queue.queueUrl,
      },
    })
      .allow(['dynamodb:Query'], analyses.tableArn, models.tableArn)
      .allow(['sqs:SendMessage'], queue.queueArn);
    new Rule(this, 'ReviewHourly', {
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(reviewer.function, { retryAttempts: 2 })],
    });
  }

  #trainer(): BundledFunction {
    const { settings, pushQueue, storage } = this.#props;
    const { analyses, models, payloads } = storage;
    return this.#function('train-models', {
      memory: TRAINING_MEMORY,
      timeout: TRAINING_TIMEOUT,
      environment: {
        ANALYSES_TABLE: analyses.tableName,
        RESULT_RETENTION_DAYS: String(settings.retentionDays),
        PUSH_QUEUE_URL: pushQueue.queueUrl,
        TRAINING_QUEUE_URL: this.#trainings.queue.queueUrl,
        TRAINING_CHECKPOINT_SECONDS: String(settings.checkpointSeconds),
      },
    })
      .allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'], models.tableArn)
      .allow(['dynamodb:BatchGetItem', 'dynamodb:Query'], analyses.tableArn)
      .allowPattern(
        ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        payloads.arnForObjects('training/*'),
        'Rows and checkpoints of any training.',
      )
      .allowPattern(['s3:GetObject', 's3:PutObject'], payloads.arnForObjects('models/*'), 'What trainings make.')
      .allowPattern(['s3:GetObject'], payloads.arnForObjects('uploads/*'), 'Files that trainings name.')
      .allowPattern(['s3:GetObject'], payloads.arnForObjects('results/*'), 'Large results that trainings name.')
      .allow(['s3:ListBucket'], payloads.bucketArn)
      .allow(['sqs:SendMessage'], pushQueue.queueArn, this.#trainings.queue.queueArn);
  }
}
