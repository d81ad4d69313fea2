import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesizeStack, writeBundles } from '../support/synthesize-stack.ts';

const plain = { name: 'plain' };
const { template } = synthesizeStack([plain]);

/** A value of the template as text, references by their names. */
const flatten = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(flatten).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  const { Ref: ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  return join === undefined ? `<${ref}>` : join[1].map(flatten).join(join[0]);
};

const only = (of: Template, type: string) => {
  const [resource, ...others] = Object.values(of.findResources(type));
  expect(others).toHaveLength(0);
  return resource?.['Properties'];
};

const contentPolicy = (of: Template): { readonly [directive: string]: string } => {
  const { SecurityHeadersConfig: security } = only(
    of,
    'AWS::CloudFront::ResponseHeadersPolicy',
  ).ResponseHeadersPolicyConfig;
  const text = flatten(security.ContentSecurityPolicy.ContentSecurityPolicy);
  return Object.fromEntries(
    text.split('; ').map((directive) => [directive.split(' ')[0], directive.replace(/^\S+ /, '')]),
  );
};

describe('the page', () => {
  test('runs no script and takes no style but its own, and nobody frames it', () => {
    const policy = contentPolicy(template);

    expect(policy).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(JSON.stringify(policy)).not.toContain('unsafe');
  });

  test('speaks to its own origin and to the WebSocket API, and to no other', () => {
    const sources = contentPolicy(template)['connect-src']?.split(' ');

    expect(sources).toEqual([
      "'self'",
      expect.stringMatching(/^wss:\/\/<WebSocketApi\w+>\.execute-api\.<AWS::Region>\.<AWS::URLSuffix>$/),
    ]);
  });

  test('is read from its bucket by the distribution alone', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: Match.stringLikeRegexp('WebFiles') },
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:GetObject',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Condition: { StringEquals: { 'AWS:SourceArn': Match.anyValue() } },
          }),
        ]),
      },
    });
  });

  test('reaches the API under its own origin, and nothing of the API is cached', () => {
    const { CacheBehaviors: behaviors } = only(template, 'AWS::CloudFront::Distribution').DistributionConfig;

    expect(behaviors).toEqual([
      expect.objectContaining({
        PathPattern: '/api/*',
        ViewerProtocolPolicy: 'https-only',
        // CachingDisabled and AllViewerExceptHostHeader, which CloudFront manages.
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      }),
    ]);
  });

  test('is asked for each time it is opened, but for files that are named by their content', () => {
    const deployments = Object.values(template.findResources('Custom::CDKBucketDeployment'));
    const [named, entry] = deployments.map(({ Properties }) => Properties);

    expect(named).toMatchObject({
      Include: ['assets/*'],
      SystemMetadata: { 'cache-control': expect.stringContaining('immutable') },
    });
    expect(entry).toMatchObject({ Exclude: ['assets/*'], SystemMetadata: { 'cache-control': 'no-cache' } });
  });

  test('that was not built stops the synthesis, with what to run', () => {
    const build = writeBundles(['plain']);
    rmSync(join(build, 'web'), { recursive: true });

    expect(() => synthesizeStack([plain], { BUILD_DIR: build })).toThrow(/no page in .*: run "npm run build"/);
  });
});

describe('signing in with an issuer', () => {
  const issuer = { AUTH_ISSUER: 'https://issuer.example/realm', AUTH_AUDIENCE: 'analytics' };

  test('lets the page speak to the issuer, and to where it gives tokens', () => {
    const set = synthesizeStack([plain], {
      ...issuer,
      OIDC_CLIENT_ID: 'page',
      OIDC_TOKEN_ORIGIN: 'https://tokens.example/path',
    }).template;

    expect(contentPolicy(set)['connect-src']).toMatch(/ https:\/\/issuer\.example https:\/\/tokens\.example$/);
  });

  test('is not set up without the issuer whose tokens are taken', () => {
    expect(() => synthesizeStack([plain], { OIDC_CLIENT_ID: 'page' })).toThrow('OIDC_CLIENT_ID needs AUTH_ISSUER');
  });
});
