import { ExecutionEnvironment } from './execution-environment.ts';

/** Milliseconds an idle thread is kept, as Lambda keeps an execution environment for a while. */
const IDLE_MS = 300_000;
/** Lambda takes 6 MB in and gives 6 MB out in a synchronous invocation. */
const LARGEST_PAYLOAD_BYTES = 6 * 1024 * 1024;

export interface FunctionOptions {
  /** What its lines on the console begin with. */
  readonly label: string;
  readonly name: string;
  readonly arn: string;
  /** Folder of the code asset. */
  readonly folder: string;
  /** `file.export`, as Lambda's Handler setting names it. */
  readonly handler: string;
  readonly environment: { readonly [name: string]: string };
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Events handled at the same time. */
  readonly concurrency: number;
}

export type InvocationResult =
  | { readonly ok: true; readonly payload: unknown; readonly bytes: number }
  | {
      readonly ok: false;
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace: readonly string[];
    };

interface WaitingEvent {
  readonly event: string;
  readonly resolve: (result: InvocationResult) => void;
}

const failure = (errorType: string, errorMessage: string): InvocationResult => ({
  ok: false,
  errorType,
  errorMessage,
  trace: [],
});

/**
 * A Lambda function: a pool of threads with one event in flight each, grown on demand up to the function's
 * concurrency; further events wait. Events and replies pass as JSON, as they do on Lambda.
 */
export class LambdaFunction {
  readonly options: FunctionOptions;
  readonly #environments = new Set<ExecutionEnvironment>();
  /** Threads to reuse, the most recently used last. */
  #idle: { readonly environment: ExecutionEnvironment; readonly timer: NodeJS.Timeout }[] = [];
  readonly #waiting: WaitingEvent[] = [];
  readonly #inFlight = new Set<Promise<InvocationResult>>();
  #stopped = false;

  constructor(options: FunctionOptions) {
    this.options = options;
  }

  /** Never rejects: a function that fails is a result, and its error goes to the console as it would to the log. */
  async invoke(event: unknown): Promise<InvocationResult> {
    const json = JSON.stringify(event);
    const result = this.#refuse(json) ?? (await this.#enqueue(json));
    if (!result.ok) {
      const trace = result.trace.slice(1).map((line) => `\n[${this.options.label}] ${line}`);
      console.error(`[${this.options.label}] ${result.errorType}: ${result.errorMessage}${trace.join('')}`);
    }
    return result;
  }

  /** Starts a first thread ahead of the first event; resolves when the function is loaded. */
  async warm(): Promise<void> {
    if (this.#environments.size > 0 || this.#stopped || this.options.concurrency === 0) return;
    await this.#startIdle();
  }

  /**
   * Runs the code as it is on disk now from the next event on; events in flight finish on the old one. Resolves when
   * the new code is loaded.
   */
  async reload(): Promise<void> {
    const wasInUse = this.#environments.size > 0;
    for (const environment of this.#environments) environment.retire();
    for (const { environment, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      this.#discard(environment);
    }
    if (wasInUse && !this.#stopped) await this.#startIdle();
    this.#dispatch();
  }

  /** Waits for what is waiting and in flight, but not longer than `graceMs`; then ends all threads. */
  async stop(graceMs: number): Promise<void> {
    const { promise: graceOver, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, graceMs);
    await Promise.race([graceOver, this.#drain()]);
    clearTimeout(timer);
    this.#stopped = true;
    const stopping = failure('ServiceException', 'The runtime is stopping');
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(stopping);
    for (const idle of this.#idle.splice(0)) clearTimeout(idle.timer);
    await Promise.all([...this.#environments].map((environment) => environment.terminate()));
  }

  async #drain(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  #refuse(event: string): InvocationResult | undefined {
    if (this.#stopped) return failure('ServiceException', 'The runtime is stopping');
    if (this.options.concurrency === 0) return failure('TooManyRequestsException', 'Rate Exceeded.');
    if (Buffer.byteLength(event) <= LARGEST_PAYLOAD_BYTES) return undefined;
    return failure('RequestEntityTooLargeException', `Request must be smaller than ${LARGEST_PAYLOAD_BYTES} bytes`);
  }

  async #enqueue(event: string): Promise<InvocationResult> {
    const { promise, resolve } = Promise.withResolvers<InvocationResult>();
    this.#inFlight.add(promise);
    this.#waiting.push({ event, resolve });
    this.#dispatch();
    const result = await promise;
    this.#inFlight.delete(promise);
    if (!result.ok || result.bytes <= LARGEST_PAYLOAD_BYTES) return result;
    return failure(
      'Function.ResponseSizeTooLarge',
      `Response payload size exceeded maximum allowed payload size (${LARGEST_PAYLOAD_BYTES} bytes).`,
    );
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const environment = this.#reuse() ?? this.#grow();
      const next = environment === undefined ? undefined : this.#waiting.shift();
      if (environment === undefined || next === undefined) return;
      void this.#run(environment, next);
    }
  }

  /** One thread loads at a time: until it is there, another may be free, and loading costs a machine's few cores. */
  #grow(): ExecutionEnvironment | undefined {
    const active = [...this.#environments].filter(({ spent }) => !spent);
    if (active.length >= this.options.concurrency || active.some(({ loading }) => loading)) return undefined;
    const environment = this.#start();
    void environment.load().then(() => this.#dispatch());
    return environment;
  }

  #reuse(): ExecutionEnvironment | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (!idle.environment.spent) return idle.environment;
      this.#discard(idle.environment);
    }
    return undefined;
  }

  async #startIdle(): Promise<void> {
    const environment = this.#start();
    await environment.load();
    this.#rest(environment);
    this.#dispatch();
  }

  #start(): ExecutionEnvironment {
    const environment = new ExecutionEnvironment(this.options);
    this.#environments.add(environment);
    return environment;
  }

  async #run(environment: ExecutionEnvironment, { event, resolve }: WaitingEvent): Promise<void> {
    const result = await environment.run(event);
    this.#rest(environment);
    resolve(result);
    this.#dispatch();
  }

  /** Keeps a thread for the next event, unless it is spent. */
  #rest(environment: ExecutionEnvironment): void {
    if (environment.spent) {
      this.#discard(environment);
      return;
    }
    const timer = setTimeout(() => {
      this.#idle = this.#idle.filter((idle) => idle.environment !== environment);
      this.#discard(environment);
    }, IDLE_MS);
    this.#idle.push({ environment, timer: timer.unref() });
  }

  #discard(environment: ExecutionEnvironment): void {
    this.#environments.delete(environment);
    void environment.terminate();
  }
}
