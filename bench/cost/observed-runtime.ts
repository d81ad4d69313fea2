import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaFunction } from '../../local/lambda/function.ts';
import { type Runtime, startRuntime } from '../../local/runtime.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';

/** What one function did. */
export interface Work {
  invocations: number;
  gigabyteSeconds: number;
}

export interface ObservedRuntime {
  readonly runtime: Runtime;
  readonly dataDir: string;
  readonly proxies: { readonly dynamodb: CountingProxy; readonly sqs: CountingProxy; readonly s3: CountingProxy };
  readonly work: Map<string, Work>;
  /** Forgets what has been counted so far. */
  reset(): void;
  stop(): Promise<void>;
}

type Template = { readonly Resources: { readonly [id: string]: { readonly Type: string; Properties?: Properties } } };
type Properties = { Environment?: { Variables?: Record<string, unknown> } };

/** A copy of the assembly whose functions find other services under these addresses. */
const copyAssembly = (from: string, to: string, variables: Record<string, string>): void => {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (!name.endsWith('.template.json')) {
      symlinkSync(join(from, name), join(to, name));
      continue;
    }
    const template: Template = JSON.parse(readFileSync(join(from, name), 'utf8'));
    for (const { Type: type, Properties: properties } of Object.values(template.Resources)) {
      if (type !== 'AWS::Lambda::Function' || properties === undefined) continue;
      properties.Environment = { Variables: { ...properties.Environment?.Variables, ...variables } };
    }
    writeFileSync(join(to, name), JSON.stringify(template));
  }
};

/** Notes each invocation of any function with how long it took. */
const observeFunctions = (work: Map<string, Work>): (() => void) => {
  const { invoke } = LambdaFunction.prototype;
  LambdaFunction.prototype.invoke = async function observed(event) {
    const started = performance.now();
    try {
      return await invoke.call(this, event);
    } finally {
      const { label, memoryMegabytes } = this.options;
      const { invocations, gigabyteSeconds } = work.get(label) ?? { invocations: 0, gigabyteSeconds: 0 };
      const seconds = (performance.now() - started) / 1000;
      work.set(label, {
        invocations: invocations + 1,
        gigabyteSeconds: gigabyteSeconds + (seconds * memoryMegabytes) / 1024,
      });
    }
  };
  return () => {
    LambdaFunction.prototype.invoke = invoke;
  };
};

/** The runtime with everything counted that AWS would bill. */
export const startObservedRuntime = async (assemblyDir: string): Promise<ObservedRuntime> => {
  const folder = mkdtempSync(join(tmpdir(), 'ai-analytics-cost-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const [dynamodb, sqs, s3] = await Promise.all([startCountingProxy(), startCountingProxy(), startCountingProxy()]);
  const proxies = { dynamodb, sqs, s3 };
  copyAssembly(assemblyDir, join(folder, 'assembly'), {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    AWS_ENDPOINT_URL_S3: s3.url,
  });
  const work = new Map<string, Work>();
  const unobserve = observeFunctions(work);
  const runtime = await startRuntime({
    port: 0,
    host: '127.0.0.1',
    dataDir,
    assemblyDir: join(folder, 'assembly'),
    connections: { idleSeconds: 600, lifetimeSeconds: 7200 },
    functionConcurrency: 2,
    watch: false,
  });
  dynamodb.forwardTo(runtime.endpoints.dynamodb);
  sqs.forwardTo(runtime.endpoints.sqs);
  s3.forwardTo(runtime.endpoints.s3);
  return {
    runtime,
    dataDir,
    proxies,
    work,
    reset() {
      work.clear();
      for (const proxy of Object.values(proxies)) proxy.reset();
    },
    async stop() {
      await runtime.stop();
      unobserve();
      for (const proxy of Object.values(proxies)) proxy.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
