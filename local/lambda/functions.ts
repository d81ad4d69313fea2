import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import type { Assembly } from '../assembly/read-assembly.ts';
import { RuntimeError } from '../settings.ts';
import { LambdaFunction } from './function.ts';
import { lambdaEnvironment, type ServiceEndpoints } from './function-environment.ts';

export interface Functions {
  readonly all: readonly LambdaFunction[];
  /**
   * @param reference name, ARN, logical id, or the URI by which API Gateway invokes it
   * @param user who refers to it, for the message
   * @throws {RuntimeError} when it is no function of the template
   */
  get(reference: unknown, user: string): LambdaFunction;
  /** Starts each function's first thread, one after another, so that nobody need wait for a cold start. */
  warm(): { stop(): void };
}

export interface FunctionSurroundings {
  readonly inventory: Inventory;
  readonly assembly: Assembly;
  readonly endpoints: ServiceEndpoints;
  /** Events a function without reserved concurrency handles at the same time, and the most any may reserve. */
  readonly concurrency: number;
  /** Replaces what in a variable stands for something that is on this machine. */
  readonly localize: (value: string) => string;
}

interface Environment {
  readonly Variables?: { readonly [name: string]: unknown };
}

const variablesOf = (environment: Environment | undefined, localize: (value: string) => string) =>
  Object.fromEntries(
    Object.entries(environment?.Variables ?? {}).map(([name, value]) => [name, localize(String(value))]),
  );

const createFunction = (
  { logicalId, identity, properties }: KnownResource,
  { assembly, endpoints, concurrency, localize }: FunctionSurroundings,
): LambdaFunction => {
  const { S3Key } = properties['Code'] as { readonly S3Key?: string };
  const folder = assembly.assetFolders.get(S3Key ?? '');
  if (folder === undefined) throw new RuntimeError(`The code of ${logicalId} is not a file asset of this assembly`);
  const reserved = Number(properties['ReservedConcurrentExecutions'] ?? concurrency);
  const own = variablesOf(properties['Environment'] as Environment | undefined, localize);
  const settings = {
    name: identity.ref,
    handler: String(properties['Handler']),
    folder,
    memoryMegabytes: Number(properties['MemorySize'] ?? 128),
  };
  return new LambdaFunction({
    ...settings,
    // The name a function logs under is shorter than the one CloudFormation makes up.
    label: own['POWERTOOLS_SERVICE_NAME'] ?? logicalId,
    arn: identity.attributes['Arn'] ?? '',
    environment: { ...lambdaEnvironment(settings, endpoints), ...own },
    timeoutSeconds: Number(properties['Timeout'] ?? 3),
    concurrency: Math.min(reserved, concurrency),
  });
};

/** `arn:aws:apigateway:…:lambda:path/2015-03-31/functions/<ARN>/invocations` */
const arnInUri = (reference: unknown): unknown =>
  typeof reference === 'string' ? (/\/functions\/(arn:.+)\/invocations$/.exec(reference)?.[1] ?? reference) : reference;

/** Every function of the template. No thread starts before its first event. */
export const createFunctions = (surroundings: FunctionSurroundings): Functions => {
  const { inventory } = surroundings;
  const functions = new Map(
    inventory
      .ofType('AWS::Lambda::Function')
      .map((resource) => [resource.logicalId, createFunction(resource, surroundings)] as const),
  );
  const all = [...functions.values()];
  return {
    all,
    warm() {
      let stopped = false;
      const warmAll = async (): Promise<void> => {
        for (const target of all) if (!stopped) await target.warm();
      };
      void warmAll();
      return {
        stop: () => {
          stopped = true;
        },
      };
    },
    get(reference, user) {
      const resource = inventory.find('AWS::Lambda::Function', arnInUri(reference));
      const found = functions.get(resource?.logicalId ?? '');
      if (found !== undefined) return found;
      throw new RuntimeError(`${user} invokes ${JSON.stringify(reference)}, which is no function of this template`);
    },
  };
};
