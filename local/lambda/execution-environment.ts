import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FunctionOptions, InvocationResult } from './function.ts';
import type { FunctionError, Invocation, ThreadData, ThreadMessage } from './thread.ts';

/** Lambda gives a module ten seconds to load. */
const INIT_TIMEOUT_MS = 10_000;

const failed = (errorType: string, errorMessage: string): InvocationResult => ({
  ok: false,
  errorType,
  errorMessage,
  trace: [],
});

const failedWith = ({ errorType, errorMessage, trace }: FunctionError): InvocationResult => ({
  ok: false,
  errorType,
  errorMessage,
  trace,
});

const echoLines = (stream: Readable, name: string, write: (text: string) => void): void => {
  createInterface({ input: stream }).on('line', (line) => write(`[${name}] ${line}\n`));
};

const startThread = ({ label, name, arn, folder, handler, environment, memoryMegabytes }: FunctionOptions): Worker => {
  const [file = 'index', handlerName = 'handler'] = handler.split('.');
  const workerData: ThreadData = {
    modulePath: pathToFileURL(join(folder, `${file}.mjs`)).href,
    handlerName,
    functionName: name,
    functionArn: arn,
    memoryMegabytes,
  };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    name: label,
    workerData,
    env: { ...environment },
    // What the runtime itself was started with is not the function's.
    execArgv: [],
    argv: [],
    // A larger young generation than the default: short-lived requests then die before they are copied.
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes, maxYoungGenerationSizeMb: 32 },
    stdout: true,
    stderr: true,
  });
  echoLines(worker.stdout, label, (text) => process.stdout.write(text));
  echoLines(worker.stderr, label, (text) => process.stderr.write(text));
  return worker;
};

/**
 * A thread that holds one copy of a function and handles one event at a time. Once it has timed out, run out of heap
 * or died it is spent: whoever owns it starts another.
 */
export class ExecutionEnvironment {
  readonly #options: FunctionOptions;
  readonly #worker: Worker;
  readonly #loaded = Promise.withResolvers<FunctionError | undefined>();
  #settle: ((result: InvocationResult) => void) | undefined;
  #spent = false;
  #loading = true;

  constructor(options: FunctionOptions) {
    this.#options = options;
    this.#worker = startThread(options);
    void this.#loaded.promise.then(() => {
      this.#loading = false;
    });
    this.#worker.on('message', (message: ThreadMessage) => this.#receive(message));
    this.#worker.on('error', (error: Error & { readonly code?: string }) => this.#die(error));
    this.#worker.on('exit', (code) =>
      this.#end(failed('Runtime.ExitError', `Runtime exited without providing a reason (exit code ${code})`)),
    );
  }

  /** Whether it must not be given another event. */
  get spent(): boolean {
    return this.#spent;
  }

  get loading(): boolean {
    return this.#loading;
  }

  /** Lets the event in flight finish, but takes no further one. */
  retire(): void {
    this.#spent = true;
  }

  /** Resolves when the module has been loaded, or could not be. */
  async load(): Promise<void> {
    await this.#loaded.promise;
  }

  /** Handles one event; `event` is JSON. The time limit begins when the module has been loaded. */
  async run(event: string): Promise<InvocationResult> {
    const { promise, resolve } = Promise.withResolvers<InvocationResult>();
    this.#settle = resolve;
    const initTimer = setTimeout(
      () => this.#end(failed('Sandbox.Timedout', `Init timed out after ${INIT_TIMEOUT_MS / 1000} seconds`)),
      INIT_TIMEOUT_MS,
    );
    const problem = await this.#loaded.promise;
    clearTimeout(initTimer);
    if (problem !== undefined) return failedWith(problem);
    if (this.#settle === undefined) return promise;
    const { timeoutSeconds } = this.#options;
    const timer = setTimeout(
      () => this.#end(failed('Sandbox.Timedout', `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`)),
      timeoutSeconds * 1000,
    );
    const invocation: Invocation = { requestId: randomUUID(), event, deadline: Date.now() + timeoutSeconds * 1000 };
    this.#worker.postMessage(invocation);
    return promise.finally(() => clearTimeout(timer));
  }

  /** Ends the thread, those it has started, and the invocation in flight. */
  async terminate(): Promise<void> {
    this.#end(failed('Runtime.ExitError', 'Runtime was stopped'));
    await this.#worker.terminate();
  }

  #receive(message: ThreadMessage): void {
    if (message.kind === 'ready') this.#loaded.resolve(undefined);
    else if (message.kind === 'broken') {
      this.#spent = true;
      this.#loaded.resolve(message.error);
    } else if (message.kind === 'error') this.#answer(failedWith(message.error));
    else this.#answer({ ok: true, payload: JSON.parse(message.payload), bytes: Buffer.byteLength(message.payload) });
  }

  /** An exception outside of the handler's promise, or a full heap, takes the whole thread with it. */
  #die(error: Error & { readonly code?: string }): void {
    this.#end(
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? failed('Runtime.OutOfMemory', 'Runtime exited with error: out of memory')
        : {
            ok: false,
            errorType: 'Runtime.UnhandledError',
            errorMessage: error.message,
            trace: error.stack?.split('\n') ?? [],
          },
    );
  }

  #end(result: InvocationResult): void {
    this.#spent = true;
    this.#answer(result);
    this.#loaded.resolve(undefined);
  }

  #answer(result: InvocationResult): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(result);
  }
}
