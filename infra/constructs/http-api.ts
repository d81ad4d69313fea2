import { HttpApi as CdkHttpApi, CorsHttpMethod, type HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { accessLog } from './access-log.ts';
import type { BundledFunction } from './bundled-function.ts';

export interface HttpApiProps {
  readonly settings: Settings;
  /** Says whom the credential of a request stands for. */
  readonly authorizer: BundledFunction;
}

/** The HTTP API: an authorizer, CORS, throttling and access logs at its one stage, a Lambda function a route. */
export class HttpApi extends Construct {
  public readonly api: CdkHttpApi;
  public readonly stage: HttpStage;
  readonly #authorizer: HttpLambdaAuthorizer;
  /** One a function, whatever the number of its routes. */
  readonly #integrations = new Map<BundledFunction, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string, { settings, authorizer }: HttpApiProps) {
    super(scope, id);
    this.#authorizer = new HttpLambdaAuthorizer('Authorizer', authorizer.function, {
      authorizerName: 'credential',
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      // A credential comes in one of two headers, and API Gateway keeps answers only by headers that are all there. The
      // function itself remembers what is dear to find out, and for less than a minute.
      identitySource: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    this.api = new CdkHttpApi(this, 'Api', {
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: [...settings.corsOrigins],
        allowMethods: [
          CorsHttpMethod.GET,
          CorsHttpMethod.POST,
          CorsHttpMethod.PUT,
          CorsHttpMethod.PATCH,
          CorsHttpMethod.DELETE,
        ],
        allowHeaders: ['content-type', 'authorization', 'idempotency-key', 'if-match', 'x-api-key'],
        exposeHeaders: [
          'etag',
          'location',
          'idempotent-replayed',
          'retry-after',
          'www-authenticate',
          'ratelimit',
          'ratelimit-policy',
          'ratelimit-limit',
          'ratelimit-remaining',
          'ratelimit-reset',
        ],
        maxAge: Duration.hours(1),
      },
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.throttle.rate, burstLimit: settings.throttle.burst },
      accessLogSettings: accessLog(this, settings, {
        requestId: 'requestId',
        time: 'requestTime',
        ip: 'identity.sourceIp',
        route: 'routeKey',
        status: 'status',
        responseBytes: 'responseLength',
        latencyMs: 'responseLatency',
        integrationError: 'integrationErrorMessage',
      }),
    });
  }

  /** Leads requests to a function, which counts them for their tenants. */
  route(method: HttpMethod, path: string, handler: BundledFunction): void {
    handler.limitsRequests();
    const integration =
      this.#integrations.get(handler) ?? new HttpLambdaIntegration(`${handler.node.id}Integration`, handler.function);
    this.#integrations.set(handler, integration);
    this.api.addRoutes({ path, methods: [method], integration, authorizer: this.#authorizer });
  }
}
