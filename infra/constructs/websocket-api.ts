import { WebSocketApi as CdkWebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
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
  /** Says whom the credential of a new connection stands for. */
  readonly authorizer: BundledFunction;
  readonly connect: BundledFunction;
  readonly disconnect: BundledFunction;
  /** Answers every frame: what it returns goes back on the connection. */
  readonly message: BundledFunction;
}

/** The WebSocket API with its three routes. */
export class WebSocketApi extends Construct {
  public readonly api: CdkWebSocketApi;
  public readonly stage: WebSocketStage;

  constructor(scope: Construct, id: string, { settings, authorizer, ...routes }: WebSocketApiProps) {
    super(scope, id);
    const { connect, disconnect, message } = routes;
    this.api = new CdkWebSocketApi(this, 'Api', {
      routeSelectionExpression: '$request.body.action',
      connectRouteOptions: {
        integration: new WebSocketLambdaIntegration('Connect', connect.function),
        authorizer: new WebSocketLambdaAuthorizer('Authorizer', authorizer.function, {
          authorizerName: 'credential',
          // Without one the connection opens as well, and has half a minute to authenticate by a frame.
          identitySource: [],
        }),
      },
      disconnectRouteOptions: { integration: new WebSocketLambdaIntegration('Disconnect', disconnect.function) },
      defaultRouteOptions: {
        integration: new WebSocketLambdaIntegration('Message', message.function),
        returnResponse: true,
      },
    });
    for (const route of ['$disconnect', '$default']) {
      const child = this.api.node.tryFindChild(`${route}-Route`);
      if (child === undefined) throw new Error(`There is no route ${route} to acknowledge`);
      Validations.of(child).acknowledge({
        id: 'AwsSolutions::AwsSolutions-APIG4',
        reason: 'API Gateway authorizes a connection once, at $connect; what comes on it is held against that.',
      });
    }
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
    return this.#connectionsArn('POST');
  }

  /** ARN of closing this stage's connections. */
  get closeArn(): string {
    return this.#connectionsArn('DELETE');
  }

  #connectionsArn(method: 'POST' | 'DELETE'): string {
    return Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.api.apiId,
      resourceName: `${STAGE_NAME}/${method}/@connections/*`,
    });
  }
}
