import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ArnFormat, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { PluginManifest } from '../plugins/manifest.ts';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { BundledFunction, type BundledFunctionProps } from './constructs/bundled-function.ts';
import { ConsumedQueue } from './constructs/consumed-queue.ts';
import { CustomDomain } from './constructs/custom-domain.ts';
import { DashboardsApi } from './constructs/dashboards-api.ts';
import { HttpApi } from './constructs/http-api.ts';
import { Models } from './constructs/models.ts';
import { jobQueueNamePrefix, PluginWorker } from './constructs/plugin-worker.ts';
import { Storage } from './constructs/storage.ts';
import { WebSite } from './constructs/web-site.ts';
import { WebSocketApi } from './constructs/websocket-api.ts';
import type { Settings } from './settings.ts';

const PUSH_TIMEOUT = Duration.seconds(60);
const FOLLOW_UP_TIMEOUT = Duration.seconds(60);
const CHECK_TIMEOUT = Duration.seconds(30);
const MERGE_TIMEOUT = Duration.minutes(5);
/** Many workers ask for the same merge at once; one is enough. */
const MERGE_WINDOW_SECONDS = 5;

export interface AnalyticsStackProps extends StackProps {
  readonly settings: Settings;
  /** The plugins to deploy, each with a queue and a worker of its own. */
  readonly plugins: readonly PluginManifest[];
}

type FunctionOptions = Omit<BundledFunctionProps, 'settings' | 'bundle'>;

/**
 * The whole service: HTTP API → queue per plugin → worker per plugin → table and push queue → WebSocket connections.
 */
export class AnalyticsStack extends Stack {
  readonly #settings: Settings;
  readonly #storage: Storage;
  readonly #topic: AlarmTopic;

  constructor(scope: Construct, id: string, { settings, plugins, ...stackProps }: AnalyticsStackProps) {
    super(scope, id, stackProps);
    this.#settings = settings;
    this.#storage = new Storage(this, 'Storage', { settings });
    this.#topic = new AlarmTopic(this, 'Alarms', { email: settings.alarmEmail });
    const connectionChecks = this.#consumedQueue('ConnectionChecks', CHECK_TIMEOUT);
    const followUps = this.#consumedQueue('FollowUps', FOLLOW_UP_TIMEOUT);
    const webSocketApi = this.#webSocketApi(connectionChecks, followUps);
    this.#guard(connectionChecks, webSocketApi);
    this.#followUp(webSocketApi, followUps);
    const pushQueue = this.#push(webSocketApi);
    const models = new Models(this, 'Models', {
      settings,
      storage: this.#storage,
      pushQueue: pushQueue.queue,
      alarmTopic: this.#topic.topic,
    });
    const rollupQueue = this.#rollups();
    for (const manifest of plugins) {
      new PluginWorker(this, `Plugin-${manifest.name}`, {
        settings,
        manifest,
        storage: this.#storage,
        pushQueue: pushQueue.queue,
        models,
        rollupQueue: rollupQueue.queue,
        alarmTopic: this.#topic.topic,
      });
    }
    const httpApi = this.#httpApi(connectionChecks);
    models.addRoutes(httpApi);
    new DashboardsApi(this, 'Dashboards', {
      settings,
      storage: this.#storage,
      api: httpApi,
      metricsEnvironment: this.#analysesEnvironment,
    });
    this.#schedule();
    this.#nameApis(httpApi, webSocketApi);
    const site = new WebSite(this, 'Web', { settings, httpApi, webSocketApi });
    new CfnOutput(this, 'PageUrl', { value: `https://${site.distribution.distributionDomainName}` });
    new CfnOutput(this, 'ApiUrl', { value: httpApi.api.apiEndpoint });
    new CfnOutput(this, 'WebSocketUrl', { value: webSocketApi.stage.url });
  }

  #function(bundle: string, options: FunctionOptions): BundledFunction {
    return new BundledFunction(this, bundle, { settings: this.#settings, bundle, ...options });
  }

  get #analysesEnvironment(): Record<string, string> {
    return {
      ANALYSES_TABLE: this.#storage.analyses.tableName,
      PAYLOADS_BUCKET: this.#storage.payloads.bucketName,
      RESULT_RETENTION_DAYS: String(this.#settings.retentionDays),
    };
  }

  get #eventsEnvironment(): Record<string, string> {
    return {
      EVENTS_TABLE: this.#storage.events.tableName,
      EVENT_RETENTION_HOURS: String(this.#settings.eventRetentionHours),
    };
  }

  /** A plugin's queue is addressed by name: with many plugins their URLs would outgrow a function's environment. */
  get #jobQueueEnvironment(): Record<string, string> {
    const { region, account, urlSuffix } = this;
    return { JOB_QUEUE_URL_PREFIX: `https://sqs.${region}.${urlSuffix}/${account}/${jobQueueNamePrefix(this)}` };
  }

  get #jobQueuesArn(): string {
    return this.formatArn({ service: 'sqs', resource: `${jobQueueNamePrefix(this)}*` });
  }

  #httpApi({ queue: checks }: ConsumedQueue): HttpApi {
    const api = new HttpApi(this, 'Http', {
      settings: this.#settings,
      authorizer: this.#authenticator('authorize-request', {}),
    });
    api.route(HttpMethod.POST, '/api/analytics/submit', this.#submitter('submit-analysis', 512));
    api.route(HttpMethod.POST, '/api/analytics/batch', this.#submitter('submit-batch', 1024));
    api.route(HttpMethod.GET, '/api/analytics/result/{analysisId}', this.#reader('get-result'));
    api.route(HttpMethod.POST, '/api/analytics/query', this.#reader('query-analyses'));
    api.route(HttpMethod.GET, '/api/analytics/health', this.#healthReporter());
    api.route(HttpMethod.GET, '/api/analytics/metrics', this.#usageReporter('get-metrics'));
    const listPlugins = this.#function('list-plugins', { environment: this.#jobQueueEnvironment });
    listPlugins.allowPattern(
      ['sqs:GetQueueAttributes'],
      this.#jobQueuesArn,
      'It reports the depth of every plugin’s queues.',
    );
    api.route(HttpMethod.GET, '/api/plugins', listPlugins);
    api.route(HttpMethod.POST, '/api/admin/keys', this.#keyManager('create-key', ['dynamodb:BatchWriteItem']));
    api.route(HttpMethod.GET, '/api/admin/keys', this.#keyManager('list-keys', ['dynamodb:Query']));
    const revokeKey = this.#keyManager('revoke-key', ['dynamodb:GetItem', 'dynamodb:DeleteItem'], {
      CONNECTION_CHECKS_QUEUE_URL: checks.queueUrl,
    }).allow(['sqs:SendMessage'], checks.queueArn);
    api.route(HttpMethod.DELETE, '/api/admin/keys/{id}', revokeKey);
    return api;
  }

  /** A function that finds out whom a credential stands for. */
  #authenticator(bundle: string, environment: Record<string, string>): BundledFunction {
    const { secretName, issuer, audience, tenantClaim, scopeClaim } = this.#settings.authentication;
    const authenticator = this.#function(bundle, {
      environment: {
        ...environment,
        CREDENTIALS_TABLE: this.#storage.credentials.tableName,
        AUTH_TENANT_CLAIM: tenantClaim,
        ...(secretName === undefined ? {} : { AUTH_SECRET_NAME: secretName }),
        ...(issuer === undefined ? {} : { AUTH_ISSUER: issuer }),
        ...(audience === undefined ? {} : { AUTH_AUDIENCE: audience }),
        ...(scopeClaim === undefined ? {} : { AUTH_SCOPE_CLAIM: scopeClaim }),
      },
    }).allow(['dynamodb:GetItem'], this.#storage.credentials.tableArn);
    if (secretName === undefined) return authenticator;
    // Secrets Manager ends a secret's ARN with six characters of its own.
    const secretArn = this.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${secretName}-??????`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return authenticator.allow(['secretsmanager:GetSecretValue'], secretArn);
  }

  #keyManager(bundle: string, actions: readonly string[], environment = {}): BundledFunction {
    const { credentials } = this.#storage;
    return this.#function(bundle, { environment: { CREDENTIALS_TABLE: credentials.tableName, ...environment } }).allow(
      actions,
      credentials.tableArn,
    );
  }

  #submitter(bundle: string, memory: number): BundledFunction {
    const { analyses, payloads } = this.#storage;
    return this.#function(bundle, {
      memory,
      environment: { ...this.#analysesEnvironment, ...this.#jobQueueEnvironment },
    })
      .allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem'], analyses.tableArn)
      .allowPattern(['s3:PutObject'], payloads.arnForObjects('jobs/*'), 'Documents of the jobs it submits.')
      .allowPattern(['sqs:SendMessage'], this.#jobQueuesArn, 'It submits to every plugin of this stack.');
  }

  #reader(bundle: string): BundledFunction {
    const { analyses, payloads } = this.#storage;
    return this.#function(bundle, { environment: this.#analysesEnvironment })
      .allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], analyses.tableArn)
      .allowPattern(['s3:GetObject'], payloads.arnForObjects('results/*'), 'It hands out links to large results.');
  }

  #usageReporter(bundle: string, environment: Record<string, string> = {}): BundledFunction {
    return this.#function(bundle, {
      environment: { ...this.#analysesEnvironment, ...this.#jobQueueEnvironment, ...environment },
    })
      .allow(['dynamodb:DescribeTable', 'dynamodb:Query', 'dynamodb:PutItem'], this.#storage.analyses.tableArn)
      .allowPattern(['sqs:GetQueueAttributes'], this.#jobQueuesArn, 'It reports the depth of every plugin’s queues.');
  }

  #healthReporter(): BundledFunction {
    const { models } = this.#storage;
    const reporter = this.#usageReporter('get-health', { MODELS_TABLE: models.tableName });
    return reporter.allow(['dynamodb:DescribeTable', 'dynamodb:Query', 'dynamodb:GetItem'], models.tableArn);
  }

  #consumedQueue(id: string, consumerTimeout: Duration, batchingWindow = 0): ConsumedQueue {
    return new ConsumedQueue(this, id, {
      consumerTimeout,
      batchSize: 10,
      batchingWindow,
      maxConcurrency: 50,
      alarmTopic: this.#topic.topic,
    });
  }

  #webSocketApi({ queue: checks }: ConsumedQueue, { queue: followUps }: ConsumedQueue): WebSocketApi {
    const { connections } = this.#storage;
    const environment = { CONNECTIONS_TABLE: connections.tableName };
    const following = { ...environment, FOLLOW_UP_QUEUE_URL: followUps.queueUrl };
    const watching = { ...following, CONNECTION_CHECKS_QUEUE_URL: checks.queueUrl };
    const resuming = { ...watching, EVENT_RETENTION_HOURS: String(this.#settings.eventRetentionHours) };
    const heartbeat = this.#function('heartbeat', { environment: following });
    heartbeat.allow(['sqs:SendMessage'], followUps.queueArn);
    this.#runEvery(Duration.minutes(5), 'HeartbeatEveryFiveMinutes', heartbeat);
    return new WebSocketApi(this, 'WebSocket', {
      settings: this.#settings,
      authorizer: this.#authenticator('authorize-connection', {}),
      connect: this.#function('connect', { environment: watching })
        .limitsRequests()
        .allow(['dynamodb:BatchWriteItem'], connections.tableArn)
        .allow(['sqs:SendMessage'], checks.queueArn, followUps.queueArn),
      disconnect: this.#function('disconnect', { environment }).allow(
        ['dynamodb:Query', 'dynamodb:BatchWriteItem'],
        connections.tableArn,
      ),
      message: this.#authenticator('message', resuming)
        .limitsRequests()
        .allow(
          ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem', 'dynamodb:Query'],
          connections.tableArn,
        )
        .allow(['sqs:SendMessage'], checks.queueArn, followUps.queueArn),
    });
  }

  /** Closes the connections that may no longer be open. */
  #guard(checks: ConsumedQueue, webSocketApi: WebSocketApi): void {
    const { connections } = this.#storage;
    const guard = this.#function('check-connections', {
      timeout: CHECK_TIMEOUT,
      environment: {
        CONNECTIONS_TABLE: connections.tableName,
        WEBSOCKET_ENDPOINT: webSocketApi.stage.callbackUrl,
        CONNECTION_CHECKS_QUEUE_URL: checks.queue.queueUrl,
      },
    })
      .allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchWriteItem'], connections.tableArn)
      .allowPattern(['execute-api:ManageConnections'], webSocketApi.closeArn, 'It closes any connection of this API.')
      .allow(['sqs:SendMessage'], checks.queue.queueArn);
    checks.consumedBy(guard);
  }

  /** What connections need beside the answers of their routes. */
  #followUp(webSocketApi: WebSocketApi, followUps: ConsumedQueue): void {
    const { connections, events } = this.#storage;
    const worker = this.#function('follow-ups', {
      timeout: FOLLOW_UP_TIMEOUT,
      environment: {
        CONNECTIONS_TABLE: connections.tableName,
        WEBSOCKET_ENDPOINT: webSocketApi.stage.callbackUrl,
        FOLLOW_UP_QUEUE_URL: followUps.queue.queueUrl,
        ...this.#eventsEnvironment,
      },
    })
      .allow(
        ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'],
        connections.tableArn,
      )
      .allow(['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'], events.tableArn)
      .allowPattern(['execute-api:ManageConnections'], webSocketApi.postArn, 'It posts to any connection of this API.')
      .allowPattern(['execute-api:ManageConnections'], webSocketApi.closeArn, 'It closes those it cannot reach.')
      .allow(['sqs:SendMessage'], followUps.queue.queueArn);
    followUps.consumedBy(worker);
  }

  #push(webSocketApi: WebSocketApi): ConsumedQueue {
    const push = this.#consumedQueue('Push', PUSH_TIMEOUT);
    const { connections, events } = this.#storage;
    const pusher = this.#function('push-events', {
      memory: 1024,
      timeout: PUSH_TIMEOUT,
      environment: {
        CONNECTIONS_TABLE: connections.tableName,
        WEBSOCKET_ENDPOINT: webSocketApi.stage.callbackUrl,
        PUSH_QUEUE_URL: push.queue.queueUrl,
        ...this.#eventsEnvironment,
      },
    })
      .allow(['dynamodb:Query', 'dynamodb:BatchWriteItem'], connections.tableArn)
      .allow(['dynamodb:PutItem', 'dynamodb:DeleteItem'], events.tableArn)
      .allowPattern(['execute-api:ManageConnections'], webSocketApi.postArn, 'It posts to any connection of this API.')
      .allowPattern(['execute-api:ManageConnections'], webSocketApi.closeArn, 'It closes those it cannot reach.')
      .allow(['sqs:SendMessage'], push.queue.queueArn);
    push.consumedBy(pusher);
    return push;
  }

  /** Merges what results add to the metrics of their plugins. */
  #rollups(): ConsumedQueue {
    const rollups = this.#consumedQueue('Rollups', MERGE_TIMEOUT, MERGE_WINDOW_SECONDS);
    const { analyses, payloads } = this.#storage;
    const merger = this.#function('merge-contributions', {
      memory: 1024,
      timeout: MERGE_TIMEOUT,
      environment: { ...this.#analysesEnvironment, ROLLUP_QUEUE_URL: rollups.queue.queueUrl },
    })
      .allow(['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem'], analyses.tableArn)
      .allowPattern(
        ['s3:GetObject', 's3:PutObject'],
        payloads.arnForObjects('rollups/*'),
        'Rollups that are too large for the table.',
      )
      .allow(['s3:ListBucket'], payloads.bucketArn)
      .allow(['sqs:SendMessage'], rollups.queue.queueArn);
    rollups.consumedBy(merger);
    return rollups;
  }

  #schedule(): void {
    const closeUsage = this.#function('close-usage', {
      timeout: Duration.minutes(5),
      environment: this.#analysesEnvironment,
    }).allow(['dynamodb:Query', 'dynamodb:PutItem'], this.#storage.analyses.tableArn);
    this.#runEvery(Duration.hours(1), 'CloseUsageHourly', closeUsage);
  }

  /** Names of one's own. A stock socket.io client looks for `/socket.io`; the other path is that of the stage. */
  #nameApis(http: HttpApi, webSocket: WebSocketApi): void {
    const { domains } = this.#settings;
    if (domains === undefined) return;
    const { certificateArn } = domains;
    if (domains.http !== undefined) {
      const { api, stage } = http;
      new CustomDomain(this, 'HttpDomain', { domainName: domains.http, certificateArn, api, stage });
    }
    if (domains.webSocket !== undefined) {
      const { api, stage } = webSocket;
      const paths = ['socket.io', stage.stageName];
      new CustomDomain(this, 'WebSocketDomain', { domainName: domains.webSocket, certificateArn, api, stage, paths });
    }
  }

  #runEvery(interval: Duration, id: string, target: BundledFunction): void {
    new Rule(this, id, {
      schedule: Schedule.rate(interval),
      targets: [new LambdaFunction(target.function, { retryAttempts: 2 })],
    });
  }
}
