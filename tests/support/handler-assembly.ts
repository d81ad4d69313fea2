import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const lambdaArn = (name: string) => ({
  'Fn::Join': [
    '',
    ['arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/', { 'Fn::GetAtt': [name, 'Arn'] }, '/invocations'],
  ],
});

const functionOf = (name: string, timeout: number, memory: number) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: `${name}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: timeout,
    MemorySize: memory,
    Environment: {
      Variables: {
        POWERTOOLS_SERVICE_NAME: name,
        QUEUE_URL: { Ref: 'Queue' },
        DEAD_URL: { Ref: 'Dead' },
        CALLBACK: { 'Fn::Sub': 'https://${Socket}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod' },
      },
    },
  },
});

const apiRoute = (api: string, routeKey: string, name: string, routeResponse = false) => {
  const id = `${api}${routeKey.replaceAll(/\W/g, '')}`;
  return {
    [`${id}Integration`]: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: { ApiId: { Ref: api }, IntegrationType: 'AWS_PROXY', IntegrationUri: lambdaArn(name) },
    },
    [id]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: api },
        RouteKey: routeKey,
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: `${id}Integration` }]] },
        ...(routeResponse ? { RouteResponseSelectionExpression: '$default' } : {}),
      },
    },
  };
};

/**
 * Writes an assembly with one function a handler source: `http` behind `POST /{path}`, `socket` behind all WebSocket
 * routes, `consumer` on a queue that gives up after two deliveries.
 */
export const writeHandlerAssembly = (handlers: { http: string; socket: string; consumer: string }): string => {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  for (const [name, source] of Object.entries(handlers)) {
    mkdirSync(join(folder, `asset.${name}`));
    writeFileSync(join(folder, `asset.${name}`, 'index.mjs'), source);
  }
  const Resources = {
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 1,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
      },
    },
    Dead: { Type: 'AWS::SQS::Queue' },
    http: functionOf('http', 1, 128),
    socket: functionOf('socket', 5, 128),
    consumer: functionOf('consumer', 5, 128),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        FunctionName: { Ref: 'consumer' },
        BatchSize: 5,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
    HttpStage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Http' }, StageName: '$default' } },
    ...apiRoute('Http', 'POST /{path}', 'http'),
    Socket: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: { ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
    },
    SocketStage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Socket' }, StageName: 'prod' } },
    ...apiRoute('Socket', '$connect', 'socket'),
    ...apiRoute('Socket', '$disconnect', 'socket'),
    ...apiRoute('Socket', '$default', 'socket', true),
    ...apiRoute('Socket', 'special', 'socket', true),
  };
  const files = Object.fromEntries(
    Object.keys(handlers).map((name) => [
      name,
      { source: { path: `asset.${name}`, packaging: 'zip' }, destinations: { any: { objectKey: `${name}.zip` } } },
    ]),
  );
  const manifest = {
    artifacts: {
      Stack: {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: 'Stack.template.json', stackName: 'stack' },
      },
    },
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'Stack.assets.json'), JSON.stringify({ files }));
  writeFileSync(join(folder, 'Stack.template.json'), JSON.stringify({ Resources }));
  return folder;
};
