import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

export interface BundledFunctionProps {
  readonly settings: Settings;
  /** Folder of the bundle under the build's `functions/`. */
  readonly bundle: string;
  readonly environment: Record<string, string>;
  /** @default 512 MB */
  readonly memory?: number;
  /** @default 29 s, one less than API Gateway waits */
  readonly timeout?: Duration;
  /** @default the account's unreserved pool */
  readonly reservedConcurrency?: number;
}

type Intrinsic = { Ref?: string; 'Fn::GetAtt'?: readonly string[]; 'Fn::Join'?: [string, readonly unknown[]] };

/** Writes an ARN with references as the rules' findings do: `<Bucket.Arn>/jobs/*`. */
const describeArn = (arn: unknown): string => {
  if (typeof arn === 'string') return arn;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = arn as Intrinsic;
  if (join !== undefined) return join[1].map(describeArn).join(join[0]);
  return `<${attribute?.join('.') ?? ref}>`;
};

/** A Lambda function on a bundle of the build, with its own role, log group and tracing. */
export class BundledFunction extends Construct {
  public readonly function: LambdaFunction;
  readonly #settings: Settings;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    this.#settings = props.settings;
    const { settings, bundle, environment, memory = 512, timeout = Duration.seconds(29) } = props;
    const path = join(settings.bundlesDir, bundle);
    if (!existsSync(join(path, 'index.mjs'))) {
      throw new Error(`There is no bundle ${path}: run "npm run build" first`);
    }
    const logGroup = new LogGroup(this, 'Logs', {
      retention: settings.isProduction ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Written out rather than left to CDK, whose default attaches a managed policy that may write to any log group.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources to name: tracing needs its two write actions on all of them.',
    });
    this.function = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(path, { exclude: ['meta.json'] }),
      memorySize: memory,
      timeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.TEXT,
      tracing: Tracing.ACTIVE,
      environment: {
        STAGE: settings.stage,
        LOG_LEVEL: settings.logLevel,
        POWERTOOLS_SERVICE_NAME: bundle,
        ...environment,
      },
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
  }

  /** What it needs to count requests: the limits, and the Redis that all functions share when there is one. */
  limitsRequests(): this {
    const { rateLimits, redis } = this.#settings;
    const environment = {
      RATE_LIMIT_WINDOW_SECONDS: String(rateLimits.windowSeconds),
      RATE_LIMIT_SUBMIT: String(rateLimits.submit),
      RATE_LIMIT_BATCH: String(rateLimits.batch),
      RATE_LIMIT_READ: String(rateLimits.read),
      RATE_LIMIT_ADMIN: String(rateLimits.admin),
      RATE_LIMIT_CONNECT: String(rateLimits.connect),
      ...(redis === undefined
        ? {}
        : {
            UPSTASH_REDIS_REST_URL: redis.url,
            UPSTASH_REDIS_REST_TOKEN: redis.token,
            REDIS_WAIT_MS: String(redis.waitMs),
            // A stack of the same name, elsewhere or later, has results of its own.
            REDIS_KEY_PREFIX: Stack.of(this).stackId,
          }),
    };
    for (const [name, value] of Object.entries(environment)) this.function.addEnvironment(name, value);
    return this;
  }

  /** Allows `actions` on `resources`; there is no grant without both named. */
  allow(actions: readonly string[], ...resources: readonly string[]): this {
    this.function.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    return this;
  }

  /** Allows `actions` on every resource of a pattern, for the reason given. */
  allowPattern(actions: readonly string[], pattern: string, reason: string): this {
    Validations.of(this).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${describeArn(Stack.of(this).resolve(pattern))}]`,
      reason,
    });
    return this.allow(actions, pattern);
  }
}
