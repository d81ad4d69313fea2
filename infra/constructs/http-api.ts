import { HttpApi as CdkHttpApi, CorsHttpMethod, type HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { accessLog } from './access-log.ts';
import type { BundledFunction } from './bundled-function.ts';

export interface HttpApiProps {
  readonly settings: Settings;
}

/** The HTTP API: CORS, throttling and access logs at its one stage, a Lambda function a route. */
export class HttpApi extends Construct {
  public readonly api: CdkHttpApi;
  public readonly stage: HttpStage;

  constructor(scope: Construct, id: string, { settings }: HttpApiProps) {
    super(scope, id);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason: 'There is no authentication yet: whoever knows the URL can use it, as the README says under Limits.',
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
        exposeHeaders: ['etag', 'location', 'idempotent-replayed', 'retry-after'],
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

  route(method: HttpMethod, path: string, handler: BundledFunction): void {
    const integration = new HttpLambdaIntegration(`${handler.node.id}Integration`, handler.function);
    this.api.addRoutes({ path, methods: [method], integration });
  }
}
