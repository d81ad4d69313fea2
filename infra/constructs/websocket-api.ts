import { WebSocketApi as CdkWebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { accessLog } from './access-log.ts';
import type { BundledFunction } from './bundled-function.ts';
import { LoggingAccount } from './logging-account.ts';

/** The path of every client's URL. */
const STAGE_NAME = 'prod';

export interface WebSocketApiProps {
  readonly settings: Settings;
  readonly connect: BundledFunction;
  readonly disconnect: BundledFunction;
  /** Answers every frame: what it returns goes back on the connection. */
  readonly message: BundledFunction;
}

/** The WebSocket API with its three routes. */
export class WebSocketApi extends Construct {
  public readonly api: CdkWebSocketApi;
  public readonly stage: WebSocketStage;

  constructor(scope: Construct, id: string, { settings, connect, disconnect, message }: WebSocketApiProps) {
    super(scope, id);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason: 'There is no authentication yet: whoever knows the URL can use it, as the README says under Limits.',
    });
    this.api = new CdkWebSocketApi(this, 'Api', {
      routeSelectionExpression: '$request.body.action',
      connectRouteOptions: { integration: new WebSocketLambdaIntegration('Connect', connect.function) },
      disconnectRouteOptions: { integration: new WebSocketLambdaIntegration('Disconnect', disconnect.function) },
      defaultRouteOptions: {
        integration: new WebSocketLambdaIntegration('Message', message.function),
        returnResponse: true,
      },
    });
    const logging = new LoggingAccount(this, 'Logging');
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: STAGE_NAME,
      autoDeploy: true,
      throttle: { rateLimit: settings.throttle.rate, burstLimit: settings.throttle.burst },
      accessLogSettings: accessLog(this, settings, {
        requestId: 'requestId',
        time: 'requestTime',
        ip: 'identity.sourceIp',
        event: 'eventType',
        route: 'routeKey',
        status: 'status',
        connectionId: 'connectionId',
        integrationError: 'integrationErrorMessage',
      }),
    });
    this.stage.node.addDependency(logging);
  }

  /** ARN of posting to, and nothing else of, this stage's connections. */
  get postArn(): string {
    return Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.api.apiId,
      resourceName: `${STAGE_NAME}/POST/@connections/*`,
    });
  }
}
