import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../infra/settings.ts';
import { discoverPlugins } from '../../plugins/discovery.ts';
import { synthesizeStack, writeBundles, writePlugins } from '../support/synthesize-stack.ts';

interface Resource {
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
}
type Resources = Record<string, Resource>;

const resources = (template: Template, type: string): Resources => template.findResources(type) as Resources;

const plain = { name: 'plain' };
const sized = {
  name: 'sized',
  config: { enabled: true, processingInterval: 4500 },
  resources: { memory: 2048, timeout: 60, batchSize: 5, maxConcurrency: 7, reservedConcurrency: 9 },
};
const { template } = synthesizeStack([plain, sized]);

/** Logical ids a policy statement's resources refer to. */
const referredTo = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(referredTo);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'Fn::GetAtt' ? [String((inner as string[])[0])] : key === 'Ref' ? [String(inner)] : referredTo(inner),
  );
};

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const statementsOf = (rolePart: string): Statement[] =>
  Object.entries(resources(template, 'AWS::IAM::Policy'))
    .filter(([id]) => id.includes(rolePart))
    .flatMap(([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement);

const actionsOf = ({ Action }: Statement): string[] => [Action].flat();

/** CDK's own function that copies the page's files to their bucket, while a deployment lasts. */
const isOfCdk = (functionId: string): boolean => functionId.startsWith('CustomCDKBucketDeployment');

describe('a plugin', () => {
  test('reaches its own queue, its dead letters and the queues of pushes and rollups, and no other', () => {
    const queues = statementsOf('PluginplainWorker')
      .filter((statement) => actionsOf(statement).some((action) => action.startsWith('sqs:')))
      .flatMap(({ Resource: resource }) => referredTo(resource));

    expect(queues.length).toBeGreaterThan(0);
    expect(queues.every((id) => /^(PluginplainJobs|PushQueue|RollupsQueue)/.test(id))).toBe(true);
  });

  test('is sized by its manifest', () => {
    const workers = Object.entries(resources(template, 'AWS::Lambda::Function'));
    const worker = workers.find(([id]) => id.startsWith('PluginsizedWorker'))?.[1].Properties;

    expect(worker).toMatchObject({ MemorySize: 2048, Timeout: 5 * 60 + 30, ReservedConcurrentExecutions: 9 });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 5,
      MaximumBatchingWindowInSeconds: 5,
      ScalingConfig: { MaximumConcurrency: 7 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('brings its queue, dead letters, Lambda, event source and alarms, and nothing of them stays without it', () => {
    const without = synthesizeStack([plain]).template;
    const count = (type: string) =>
      Object.keys(resources(template, type)).length - Object.keys(resources(without, type)).length;

    expect(count('AWS::SQS::Queue')).toBe(2);
    expect(count('AWS::Lambda::Function')).toBe(1);
    expect(count('AWS::Lambda::EventSourceMapping')).toBe(1);
    expect(count('AWS::CloudWatch::Alarm')).toBe(2);
    expect(JSON.stringify(without.toJSON())).not.toContain('sized');
  });

  test('is left out when disabled, or when PLUGINS_ENABLED does not name it', () => {
    const disabled = synthesizeStack([plain, { ...sized, config: { enabled: false } }]).template;
    const unnamed = synthesizeStack([plain, sized], { PLUGINS_ENABLED: 'plain' }).template;

    for (const left of [disabled, unnamed]) expect(JSON.stringify(left.toJSON())).not.toContain('sized');
  });
});

test('every queue hides a message six times as long as its function may take, and the window on top', () => {
  const functions = resources(template, 'AWS::Lambda::Function');
  const queues = resources(template, 'AWS::SQS::Queue');
  const mappings = Object.values(resources(template, 'AWS::Lambda::EventSourceMapping'));

  expect(mappings).toHaveLength(7);
  for (const { Properties } of mappings) {
    const [functionId = ''] = referredTo(Properties['FunctionName']);
    const [queueId = ''] = referredTo(Properties['EventSourceArn']);
    const timeout = Number(functions[functionId]?.Properties['Timeout']);
    const window = Number(Properties['MaximumBatchingWindowInSeconds'] ?? 0);
    expect(Number(queues[queueId]?.Properties['VisibilityTimeout'])).toBeGreaterThanOrEqual(6 * timeout + window);
  }
});

test('every dead-letter queue has an alarm', () => {
  const deadLetterIds = Object.values(resources(template, 'AWS::SQS::Queue')).flatMap(({ Properties }) =>
    referredTo(Properties['RedrivePolicy']),
  );
  const watched = Object.values(resources(template, 'AWS::CloudWatch::Alarm')).flatMap(({ Properties }) =>
    referredTo(Properties['Dimensions']),
  );

  expect(deadLetterIds).toHaveLength(7);
  for (const id of deadLetterIds) expect(watched).toContain(id);
});

test('every function is traced and logs to a group of its own that does not keep logs for ever', () => {
  const groups = resources(template, 'AWS::Logs::LogGroup');
  const ours = Object.entries(resources(template, 'AWS::Lambda::Function')).filter(([id]) => !isOfCdk(id));
  const used = ours.map(([, { Properties }]) => {
    expect(Properties['TracingConfig']).toEqual({ Mode: 'Active' });
    const [group = ''] = referredTo((Properties['LoggingConfig'] as { LogGroup: unknown }).LogGroup);
    expect(groups[group]?.Properties['RetentionInDays']).toBe(30);
    return group;
  });

  expect(new Set(used).size).toBe(used.length);
});

test('only known patterns of resources are granted', () => {
  const wildcards = Object.entries(resources(template, 'AWS::IAM::Policy'))
    .filter(([id]) => !id.startsWith('WebDeployment'))
    .flatMap(([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement)
    .filter(({ Resource: resource }) => JSON.stringify(resource).includes('*'));

  for (const statement of wildcards) {
    const text = JSON.stringify(statement.Resource);
    const isTracing = text === '"*"' && actionsOf(statement).every((action) => action.startsWith('xray:'));
    const isKnown = [
      '/jobs/*',
      '/results/*',
      '/results/*-plots.json',
      '/rollups/*',
      '/models/*',
      '/training/*',
      '/uploads/*',
      '/POST/@connections/*',
      '/DELETE/@connections/*',
      '-jobs-*',
    ].some((pattern) => text.includes(pattern));
    expect(isTracing || isKnown, text).toBe(true);
  }
});

describe('data', () => {
  /** Of all that holds data: the page's bucket holds none. */
  const policies = (of: Template) =>
    ['AWS::DynamoDB::Table', 'AWS::S3::Bucket'].flatMap((type) =>
      Object.entries(resources(of, type))
        .filter(([id]) => !id.startsWith('WebFiles'))
        .map(([, { DeletionPolicy }]) => DeletionPolicy),
    );

  test('outlives the stack in production only', () => {
    const production = synthesizeStack([plain], { STAGE: 'prod' }).template;

    expect(policies(production)).toEqual(Array(7).fill('Retain'));
    expect(policies(template)).toEqual(Array(7).fill('Delete'));
    production.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
  });

  test('expires, can be restored, and is encrypted and private', () => {
    template.allResourcesProperties('AWS::DynamoDB::Table', {
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });
});

describe('credentials', () => {
  test('are asked for on every route of the HTTP API and at every new connection', () => {
    const routes = Object.values(resources(template, 'AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);
    const http = routes.filter(({ RouteKey: key }) => String(key).includes('/'));

    expect(http.length).toBeGreaterThan(9);
    for (const route of [...http, routes.find(({ RouteKey: key }) => key === '$connect')]) {
      expect(route).toMatchObject({ AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: expect.anything() } });
    }
  });

  test('are not kept by API Gateway, where a revoked one would live on', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerResultTtlInSeconds: 0,
      EnableSimpleResponses: true,
    });
  });

  test('can be read by what checks or manages them alone', () => {
    const readers = Object.entries(resources(template, 'AWS::IAM::Policy'))
      .filter(([, { Properties }]) => {
        const { Statement: statements } = Properties['PolicyDocument'] as { Statement: Statement[] };
        return statements.some(({ Resource: resource }) =>
          referredTo(resource).some((id) => id.startsWith('StorageCredentials')),
        );
      })
      .map(([id]) => id.replace(/Role.*/, ''));

    expect(readers.sort()).toEqual(
      ['authorizeconnection', 'authorizerequest', 'createkey', 'listkeys', 'message', 'revokekey'].sort(),
    );
  });

  test.each([
    ['no secret and no issuer', { AUTH_SECRET_NAME: '' }, 'Nobody could authenticate: set AUTH_SECRET_NAME'],
    ['an issuer without an audience', { AUTH_ISSUER: 'https://issuer.example' }, 'AUTH_AUDIENCE must be set'],
    [
      'an issuer whose keys anybody could forge on the way',
      { AUTH_ISSUER: 'http://issuer.example', AUTH_AUDIENCE: 'a' },
      'AUTH_ISSUER: must begin with https://',
    ],
  ])('stop the synthesis when there is %s', (_, env, message) => {
    expect(() => synthesizeStack([plain], env)).toThrow(message);
  });

  test('may come from an issuer alone, and no secret is then read', () => {
    const env = { AUTH_SECRET_NAME: '', AUTH_ISSUER: 'https://issuer.example/', AUTH_AUDIENCE: 'analytics' };
    const issued = synthesizeStack([plain], env).template;

    issued.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ AUTH_ISSUER: 'https://issuer.example/' }) },
    });
    expect(JSON.stringify(issued.toJSON())).not.toContain('secretsmanager');
  });
});

describe('settings', () => {
  test('decide the origins, the throttle and who is told of alarms', () => {
    const set = synthesizeStack([plain], {
      CORS_ORIGIN: 'https://a.example, https://b.example',
      THROTTLE_RATE: '11',
      ALARM_EMAIL: 'ops@example.com',
    }).template;

    set.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: { AllowOrigins: ['https://a.example', 'https://b.example'] },
    });
    set.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 11 },
    });
    set.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'ops@example.com' });
  });

  test.each([
    ['STAGE', { STAGE: 'Prod!' }],
    ['RESULT_RETENTION_DAYS', { RESULT_RETENTION_DAYS: '0' }],
    ['ALARM_EMAIL', { ALARM_EMAIL: 'nobody' }],
    ['UPSTASH_REDIS_REST_TOKEN', { UPSTASH_REDIS_REST_URL: 'https://redis.example' }],
  ])('that do not fit are named: %s', (name, env) => {
    expect(() => readSettings(env, '/')).toThrow(name);
  });

  test('a bundle that was not built is named, with what to run', () => {
    expect(() => synthesizeStack([plain], { BUILD_DIR: writeBundles([]) })).toThrow(
      /worker-plain: run "npm run build"/,
    );
  });
});

describe('an invalid plugin stops the build and the synthesis', () => {
  test.each([
    ['a misspelt key', { resurces: {} }, /manifest\.json.*\n.*resurces/],
    ['a version that is none', { version: '1' }, /version: must be a semantic version/],
    [
      'a batch that cannot end in time',
      { resources: { timeout: 300, batchSize: 10 } },
      /resources\.batchSize: timeout × batchSize/,
    ],
    ['another name than its folder', { name: 'other' }, /name: must be "wrong"/],
    ['a module that is not there', { main: 'nowhere.js' }, /main: no file "nowhere\.js"/],
  ])('%s', (_, overrides, message) => {
    const folder = writePlugins([{ name: 'wrong' }]);
    const manifest = {
      version: '1.0.0',
      name: 'wrong',
      description: 'd',
      type: 'analytics',
      main: 'index.js',
      ...overrides,
    };
    writeFileSync(join(folder, 'wrong', 'manifest.json'), JSON.stringify(manifest));

    expect(() => discoverPlugins(folder)).toThrow(message);
  });

  test('a name in PLUGINS_ENABLED that no plugin has', () => {
    expect(() => discoverPlugins(writePlugins([plain]), { enabled: ['plain', 'predictive'] })).toThrow(
      'PLUGINS_ENABLED names predictive, but plugins/ holds plain',
    );
  });
});

describe('limits', () => {
  /** Names of the functions that have all of the variables. */
  const functionsWith = (from: Template, names: readonly string[]): string[] =>
    Object.values(resources(from, 'AWS::Lambda::Function'))
      .map(({ Properties }) => (Properties['Environment'] as { Variables: Record<string, string> }).Variables)
      .filter((variables) => names.every((name) => name in variables))
      .map((variables) => variables['POWERTOOLS_SERVICE_NAME'] ?? '')
      .sort();
  const REDIS = ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN', 'REDIS_WAIT_MS', 'REDIS_KEY_PREFIX'];
  const LIMITS = ['WINDOW_SECONDS', 'SUBMIT', 'BATCH', 'READ', 'ADMIN', 'CONNECT'].map((name) => `RATE_LIMIT_${name}`);

  test('every route of the HTTP API, and whatever opens connections, counts requests', () => {
    const integrations = Object.values(resources(template, 'AWS::ApiGatewayV2::Integration'));
    const routed = new Set(
      integrations
        .filter(({ Properties }) => Properties['PayloadFormatVersion'] === '2.0')
        .flatMap(({ Properties }) => referredTo(Properties['IntegrationUri'])),
    );

    const limited = functionsWith(template, LIMITS);

    expect(limited).toHaveLength(routed.size + 2);
    expect(limited).toEqual(expect.arrayContaining(['connect', 'message', 'submit-batch', 'get-health']));
    expect(functionsWith(template, REDIS)).toEqual([]);
  });

  test('the same functions, and no other, know the Redis that is configured', () => {
    const redis = { UPSTASH_REDIS_REST_URL: 'https://redis.example', UPSTASH_REDIS_REST_TOKEN: 'token' };
    const connected = synthesizeStack([plain], redis).template;

    expect(functionsWith(connected, REDIS)).toEqual(functionsWith(connected, LIMITS));
    expect(functionsWith(connected, REDIS)).toEqual(functionsWith(template, LIMITS));
  });

  test('a limit that lets nobody in is refused by its name', () => {
    expect(() => readSettings({ AUTH_SECRET_NAME: 'signing', RATE_LIMIT_READ: '0' }, '/')).toThrow('RATE_LIMIT_READ');
  });
});

describe('custom domains', () => {
  const CERTIFICATE_ARN = 'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d';
  const named = { DOMAIN_NAME: 'api.example.com', WEBSOCKET_DOMAIN_NAME: 'live.example.com', CERTIFICATE_ARN };
  const withSecret = (env: Record<string, string>) => () => readSettings({ AUTH_SECRET_NAME: 'signing', ...env }, '/');

  test('lead to the HTTP API by every path, and to the WebSocket API where clients of socket.io look', () => {
    const own = synthesizeStack([plain], named).template;
    const apis = Object.entries(resources(own, 'AWS::ApiGatewayV2::Api'));
    const idOf = (protocol: string) => apis.find(([, { Properties }]) => Properties['ProtocolType'] === protocol)?.[0];
    const mappings = Object.values(resources(own, 'AWS::ApiGatewayV2::ApiMapping')).map(({ Properties }) => {
      const [domain = ''] = referredTo(Properties['DomainName']);
      const name = resources(own, 'AWS::ApiGatewayV2::DomainName')[domain]?.Properties['DomainName'];
      return [name, Properties['ApiMappingKey'], ...referredTo(Properties['ApiId'])];
    });

    expect(mappings.sort()).toEqual([
      ['api.example.com', undefined, idOf('HTTP')],
      ['live.example.com', 'prod', idOf('WEBSOCKET')],
      ['live.example.com', 'socket.io', idOf('WEBSOCKET')],
    ]);
    own.allResourcesProperties('AWS::ApiGatewayV2::DomainName', {
      DomainNameConfigurations: [{ CertificateArn: CERTIFICATE_ARN, EndpointType: 'REGIONAL' }],
    });
    expect(Object.keys(own.findOutputs('*')).filter((name) => name.includes('Target'))).toHaveLength(2);
    template.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0);
  });

  test('need a certificate, and a name for each API', () => {
    const { DOMAIN_NAME, WEBSOCKET_DOMAIN_NAME } = named;

    expect(withSecret({ DOMAIN_NAME })).toThrow('CERTIFICATE_ARN must be set');
    expect(withSecret({ ...named, WEBSOCKET_DOMAIN_NAME: DOMAIN_NAME })).toThrow('must differ from DOMAIN_NAME');
    expect(withSecret({ ...named, DOMAIN_NAME: 'https://api.example.com' })).toThrow(
      'DOMAIN_NAME: must be a domain name',
    );
    expect(withSecret({ ...named, CERTIFICATE_ARN: 'mine' })).toThrow('CERTIFICATE_ARN: must be the ARN');
    expect(withSecret({ WEBSOCKET_DOMAIN_NAME, CERTIFICATE_ARN })().domains).toEqual({
      http: undefined,
      webSocket: WEBSOCKET_DOMAIN_NAME,
      certificateArn: CERTIFICATE_ARN,
    });
  });
});
