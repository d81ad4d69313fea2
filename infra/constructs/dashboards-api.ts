import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { BundledFunction } from './bundled-function.ts';
import type { HttpApi } from './http-api.ts';
import type { Storage } from './storage.ts';

/** MB at which Lambda gives a whole CPU: what a dashboard waits for is the merging of sketches. */
const READER_MEMORY = 1769;

export interface DashboardsApiProps {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly api: HttpApi;
  /** What a function that reads metrics is told of where they are. */
  readonly metricsEnvironment: Record<string, string>;
}

/** The routes of dashboards, of links to them, and of what they can show. */
export class DashboardsApi extends Construct {
  readonly #props: DashboardsApiProps;

  constructor(scope: Construct, id: string, props: DashboardsApiProps) {
    super(scope, id);
    this.#props = props;
    const { api } = props;
    const one = '/api/dashboard/{id}';
    api.route(HttpMethod.GET, '/api/metrics-catalog', this.#function('get-metrics-catalog', {}));
    api.route(HttpMethod.POST, '/api/dashboard', this.#keeper('create-dashboard', ['Query', 'PutItem']));
    api.route(HttpMethod.GET, '/api/dashboard', this.#keeper('list-dashboards', ['Query']));
    api.route(HttpMethod.GET, one, this.#keeper('get-dashboard', ['GetItem']));
    api.route(HttpMethod.PUT, one, this.#keeper('replace-dashboard', ['GetItem', 'PutItem']));
    api.route(HttpMethod.PATCH, one, this.#keeper('patch-dashboard', ['GetItem', 'PutItem']));
    api.route(HttpMethod.DELETE, one, this.#keeper('delete-dashboard', ['GetItem', 'DeleteItem', 'Query']));
    const duplicate = this.#keeper('duplicate-dashboard', ['GetItem', 'Query', 'PutItem']);
    api.route(HttpMethod.POST, `${one}/duplicate`, duplicate);
    api.route(HttpMethod.GET, `${one}/data`, this.#reader('get-dashboard-data'));
    const share = this.#keeper('share-dashboard', ['GetItem', 'Query', 'BatchWriteItem']);
    api.route(HttpMethod.POST, `${one}/share`, share);
    api.route(HttpMethod.GET, `${one}/share`, this.#keeper('list-shares', ['Query']));
    const revoke = this.#keeper('revoke-share', ['GetItem', 'DeleteItem']);
    api.route(HttpMethod.DELETE, `${one}/share/{shareId}`, revoke);
    api.route(HttpMethod.GET, '/api/shared/{token}', this.#keeper('get-shared-dashboard', ['GetItem']));
    api.route(HttpMethod.GET, '/api/shared/{token}/data', this.#reader('get-shared-data'));
  }

  #function(bundle: string, environment: Record<string, string>, memory = 512): BundledFunction {
    return new BundledFunction(this, bundle, { settings: this.#props.settings, bundle, environment, memory });
  }

  /** A function that may do these things in the table of dashboards. */
  #keeper(bundle: string, actions: readonly string[]): BundledFunction {
    const { dashboards } = this.#props.storage;
    return this.#function(bundle, { DASHBOARDS_TABLE: dashboards.tableName }).allow(
      actions.map((action) => `dynamodb:${action}`),
      dashboards.tableArn,
    );
  }

  /** A function that reads a dashboard and the metrics that its widgets show. */
  #reader(bundle: string): BundledFunction {
    const { storage, metricsEnvironment } = this.#props;
    const environment = { DASHBOARDS_TABLE: storage.dashboards.tableName, ...metricsEnvironment };
    return (
      this.#function(bundle, environment, READER_MEMORY)
        .allow(['dynamodb:GetItem'], storage.dashboards.tableArn)
        .allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], storage.analyses.tableArn)
        .allowPattern(['s3:GetObject'], storage.payloads.arnForObjects('rollups/*'), 'Rollups too large for the table.')
        .allowPattern(
          ['s3:GetObject'],
          storage.payloads.arnForObjects('results/*-plots.json'),
          'Views too large for it.',
        )
        // Without it S3 answers "forbidden" for a document that has expired, and the function could not tell.
        .allow(['s3:ListBucket'], storage.payloads.bucketArn)
    );
  }
}
