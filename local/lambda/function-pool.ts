import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Invocation, InvocationReply, ThreadData } from './thread.ts';

/** Milliseconds an idle thread is kept, as Lambda keeps an execution environment for a while. */
const IDLE_MS = 300_000;
/** Lambda takes 6 MB in and gives 6 MB out in a synchronous invocation. */
const LARGEST_PAYLOAD_BYTES = 6 * 1024 * 1024;

export interface FunctionOptions {
  readonly name: string;
  readonly arn: string;
  /** Folder of the code asset. */
  readonly folder: string;
  /** `file.export`, as Lambda's Handler setting names it. */
  readonly handler: string;
  readonly environment: { readonly [name: string]: string };
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly concurrency: number;
}

export type InvocationResult =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly errorType: string; readonly errorMessage: string };

interface Environment {
  readonly worker: Worker;
  /** Reply of the invocation in flight. */
  settle: ((reply: InvocationResult) => void) | undefined;
  idleTimer: NodeJS.Timeout | undefined;
  retired: boolean;
}

interface Waiting {
  readonly event: string;
  readonly resolve: (result: InvocationResult) => void;
}

const failure = (errorType: string, errorMessage: string): InvocationResult => ({ ok: false, errorType, errorMessage });

const echoLines = (stream: Readable, name: string, write: (line: string) => void): void => {
  createInterface({ input: stream }).on('line', (line) => write(`[${name}] ${line}`));
};

/**
 * A Lambda function: a pool of threads, each with one event in flight, grown on demand up to the function's
 * concurrency. Events and replies pass as JSON, as they do on Lambda; a thread that times out, runs out of heap or
 * dies is replaced.
 */
export class FunctionPool {
  readonly options: FunctionOptions;
  #environments = new Set<Environment>();
  #idle: Environment[] = [];
  #waiting: Waiting[] = [];
  #stopped = false;

  constructor(options: FunctionOptions) {
    this.options = options;
  }

  async invoke(event: unknown): Promise<InvocationResult> {
    const json = JSON.stringify(event);
    if (Buffer.byteLength(json) > LARGEST_PAYLOAD_BYTES) {
      return failure('RequestEntityTooLargeException', 'Request must be smaller than 6291456 bytes');
    }
    if (this.#stopped) return failure('ServiceException', 'The runtime is stopping');
    const { promise, resolve } = Promise.withResolvers<InvocationResult>();
    this.#waiting.push({ event: json, resolve });
    this.#dispatch();
    return promise;
  }

  /** Starts a first thread ahead of the first event; resolves once it runs. */
  async warm(): Promise<void> {
    if (this.#environments.size > 0 || this.#stopped) return;
    const environment = this.#start();
    this.#rest(environment);
    await new Promise((resolve) => environment.worker.once('online', resolve).once('exit', resolve));
  }

  /** New invocations run the code as it is on disk now; those in flight finish on the old one. */
  reload(): void {
    for (const environment of this.#environments) {
      environment.retired = true;
      if (environment.settle === undefined) this.#discard(environment);
    }
    this.#idle = [];
    this.#dispatch();
  }

  /** Waits for what is in flight, but not longer than `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(failure('ServiceException', 'The runtime is stopping'));
    const deadline = Date.now() + graceMs;
    while (Date.now() < deadline && [...this.#environments].some(({ settle }) => settle !== undefined)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await Promise.all([...this.#environments].map((environment) => this.#discard(environment)));
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const active = [...this.#environments].filter(({ retired }) => !retired).length;
      const environment = this.#idle.pop() ?? (active < this.options.concurrency ? this.#start() : undefined);
      const next = environment === undefined ? undefined : this.#waiting.shift();
      if (environment === undefined || next === undefined) return;
      this.#run(environment, next);
    }
  }

  #start(): Environment {
    const { name, arn, folder, handler, environment, memoryMegabytes } = this.options;
    const [file = 'index', handlerName = 'handler'] = handler.split('.');
    const data: ThreadData = {
      modulePath: pathToFileURL(join(folder, `${file}.mjs`)).href,
      handlerName,
      functionName: name,
      functionArn: arn,
      memoryMegabytes,
    };
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      name,
      workerData: data,
      env: { ...environment },
      // A larger young generation than the default: short-lived requests then die before they are copied.
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes, maxYoungGenerationSizeMb: 32 },
      stdout: true,
      stderr: true,
    });
    echoLines(worker.stdout, name, (line) => process.stdout.write(`${line}\n`));
    echoLines(worker.stderr, name, (line) => process.stderr.write(`${line}\n`));
    const started: Environment = { worker, settle: undefined, idleTimer: undefined, retired: false };
    worker.on('message', (reply: InvocationReply) =>
      started.settle?.(
        'payload' in reply
          ? { ok: true, payload: JSON.parse(reply.payload) }
          : failure(reply.error.errorType, reply.error.errorMessage),
      ),
    );
    worker.on('error', (error: Error & { code?: string }) =>
      started.settle?.(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? failure('Runtime.OutOfMemory', 'RequestId Error: Runtime exited with error: signal: killed')
          : failure('Runtime.UnhandledError', error.message),
      ),
    );
    worker.on('exit', (code) => {
      this.#forget(started);
      started.settle?.(failure('Runtime.ExitError', `Runtime exited with code ${code}`));
    });
    this.#environments.add(started);
    return started;
  }

  #run(environment: Environment, { event, resolve }: Waiting): void {
    clearTimeout(environment.idleTimer);
    const { timeoutSeconds } = this.options;
    const invocation: Invocation = { requestId: randomUUID(), event, deadline: Date.now() + timeoutSeconds * 1000 };
    const timer = setTimeout(() => {
      environment.retired = true;
      environment.settle?.(failure('Sandbox.Timedout', `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`));
    }, timeoutSeconds * 1000);
    environment.settle = (result) => {
      environment.settle = undefined;
      clearTimeout(timer);
      if (environment.retired) void this.#discard(environment);
      else this.#rest(environment);
      resolve(result);
      this.#dispatch();
    };
    environment.worker.postMessage(invocation);
  }

  #rest(environment: Environment): void {
    if (!this.#environments.has(environment)) return;
    this.#idle.push(environment);
    environment.idleTimer = setTimeout(() => void this.#discard(environment), IDLE_MS);
    environment.idleTimer.unref();
  }

  #forget(environment: Environment): void {
    clearTimeout(environment.idleTimer);
    this.#environments.delete(environment);
    this.#idle = this.#idle.filter((idle) => idle !== environment);
  }

  async #discard(environment: Environment): Promise<void> {
    this.#forget(environment);
    await environment.worker.terminate();
  }
}
