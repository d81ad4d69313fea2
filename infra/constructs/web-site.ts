import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { Settings } from '../settings.ts';
import type { HttpApi } from './http-api.ts';
import type { WebSocketApi } from './websocket-api.ts';

/** Vite names the files of this folder by their content: whoever has one need never ask for it again. */
const NAMED_BY_CONTENT = 'assets/*';

/** The page finds out by its address what to show, so that every address which is no file's is answered by the page. */
const SHOW_PAGE = `function handler(event) {
  var request = event.request;
  if (request.uri.split('/').pop().indexOf('.') < 0) request.uri = '/index.html';
  return request;
}`;

const accept = (scope: IConstruct, rules: Readonly<Record<string, string>>): void => {
  for (const [rule, reason] of Object.entries(rules)) {
    Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
  }
};

export interface WebSiteProps {
  readonly settings: Settings;
  readonly httpApi: HttpApi;
  readonly webSocketApi: WebSocketApi;
}

/**
 * The page, from S3 through CloudFront, with the HTTP API under the same origin at `/api/*`. What the page must know of
 * the deployment is in its `config.json`.
 */
export class WebSite extends Construct {
  public readonly distribution: Distribution;
  readonly #bucket: IBucket;
  readonly #settings: Settings;

  constructor(scope: Construct, id: string, { settings, httpApi, webSocketApi }: WebSiteProps) {
    super(scope, id);
    this.#settings = settings;
    const bucket = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // Nothing of it is data: a deployment brings all of it again, and takes it away when the stack is deleted.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // The class says of a property that it may be undefined, the interface that it may be absent.
    this.#bucket = bucket as IBucket;
    const { region, urlSuffix } = Stack.of(this);
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'AI Analytics: the page, and the API under its origin',
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.#bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.#headers(webSocketApi),
        functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: this.#showPage() }],
      },
      additionalBehaviors: {
        '/api/*': {
          origin: new HttpOrigin(`${httpApi.api.apiId}.execute-api.${region}.${urlSuffix}`, {
            protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
          }),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        },
      },
    });
    this.#deploy(webSocketApi);
    this.#acknowledge();
  }

  #showPage(): EdgeFunction {
    return new EdgeFunction(this, 'ShowPage', {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(SHOW_PAGE),
    });
  }

  /** Scripts, styles and pictures of this origin alone, nothing inline; the page speaks to its APIs and to its issuer. */
  #headers({ api }: WebSocketApi): ResponseHeadersPolicy {
    const { region, urlSuffix } = Stack.of(this);
    const webSocketOrigin = `wss://${api.apiId}.execute-api.${region}.${urlSuffix}`;
    const connect = ["'self'", webSocketOrigin, ...(this.#settings.signIn?.origins ?? [])];
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data: blob:",
      `connect-src ${connect.join(' ')}`,
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ];
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: policy.join('; '), override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'cross-origin-opener-policy', value: 'same-origin', override: true },
          { header: 'permissions-policy', value: 'camera=(), geolocation=(), microphone=()', override: true },
        ],
      },
    });
  }

  /** What changes under the same name is asked for each time; the files it names are there before it. */
  #deploy({ stage }: WebSocketApi): void {
    const { webDir, signIn } = this.#settings;
    if (!existsSync(join(webDir, 'index.html'))) {
      throw new Error(`There is no page in ${webDir}: run "npm run build" first`);
    }
    const role = new Role(this, 'DeploymentRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(this, 'DeploymentLogs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    // Files of earlier deployments stay, for pages that are open and have yet to load a part.
    const shared = { destinationBucket: this.#bucket, prune: false, retainOnDelete: false, role, logGroup };
    const files = Source.asset(webDir);
    const named = new BucketDeployment(this, 'NamedFiles', {
      ...shared,
      sources: [files],
      exclude: ['*'],
      include: [NAMED_BY_CONTENT],
      cacheControl: [CacheControl.maxAge(Duration.days(365)), CacheControl.immutable()],
    });
    const config = {
      webSocketUrl: stage.url,
      ...(signIn === undefined ? {} : { oidc: signIn.oidc }),
    };
    const entry = new BucketDeployment(this, 'Entry', {
      ...shared,
      sources: [files, Source.jsonData('config.json', config)],
      exclude: [NAMED_BY_CONTENT],
      cacheControl: [CacheControl.noCache()],
    });
    entry.node.addDependency(named);
    this.#acknowledgeDeployment(role);
  }

  /** CDK's own function copies the files from its bucket of assets; which version of Python it runs on is CDK's choice. */
  #acknowledgeDeployment(role: Role): void {
    const stack = Stack.of(this);
    const [copier] = stack.node.children.filter(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'));
    if (copier === undefined) throw new Error('CDK has brought no function that deploys files');
    accept(copier, {
      L1: 'CDK brings this function and chooses its runtime, with each release the one it was tested on.',
    });
    const reason = 'It copies the page from the bucket of assets to that of the page, and removes it from there.';
    const resources = [
      'arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*',
      `<${stack.getLogicalId(this.#bucket.node.defaultChild as CfnBucket)}.Arn>/*`,
    ];
    const actions = ['s3:GetObject*', 's3:GetBucket*', 's3:List*', 's3:DeleteObject*', 's3:Abort*'];
    accept(role, {
      ...Object.fromEntries(resources.map((resource) => [`IAM5[Resource::${resource}]`, reason])),
      ...Object.fromEntries(actions.map((action) => [`IAM5[Action::${action}]`, reason])),
    });
  }

  #acknowledge(): void {
    accept(this.#bucket, {
      S1: 'It holds the page, which anybody may load; the API logs whoever asks it for data.',
    });
    accept(this.distribution, {
      CFR1: 'Who may read is decided by credentials, not by country.',
      CFR2: 'The API behind it is throttled and authorizes every route; what is left is static files.',
      CFR3: 'It serves the page, which anybody may load; the API logs whoever asks it for data.',
      CFR4: 'With the certificate of cloudfront.net the minimum is fixed; a domain of one’s own brings its own.',
    });
  }
}
