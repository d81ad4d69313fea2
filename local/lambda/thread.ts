import { parentPort, workerData } from 'node:worker_threads';

/** One execution environment of a function: loads its module once, then handles one event after another. */

export interface ThreadData {
  readonly modulePath: string;
  readonly handlerName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMegabytes: number;
}

export interface Invocation {
  readonly requestId: string;
  /** JSON. */
  readonly event: string;
  /** Epoch ms. */
  readonly deadline: number;
}

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type ThreadMessage =
  | { readonly kind: 'ready' }
  /** The module could not be loaded: nothing can be invoked. */
  | { readonly kind: 'broken'; readonly error: FunctionError }
  /** `payload` is JSON. */
  | { readonly kind: 'reply'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: FunctionError };

type Handler = (event: unknown, context: object) => unknown;

const { modulePath, handlerName, functionName, functionArn, memoryMegabytes }: ThreadData = workerData;

const tell = (message: ThreadMessage): void => parentPort?.postMessage(message);

const describe = (error: unknown): FunctionError => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message, trace: stack?.split('\n') ?? [] };
};

const loadHandler = async (): Promise<Handler> => {
  const handler: unknown = (await import(modulePath))[handlerName];
  if (typeof handler !== 'function') throw new Error(`${modulePath} does not export a function "${handlerName}"`);
  return handler as Handler;
};

const contextOf = ({ requestId, deadline }: Invocation): object => ({
  functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: functionArn,
  memoryLimitInMB: String(memoryMegabytes),
  awsRequestId: requestId,
  logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
  logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
});

const handle = async (handler: Handler, invocation: Invocation): Promise<ThreadMessage> => {
  try {
    const result = await handler(JSON.parse(invocation.event), contextOf(invocation));
    // A function that returns nothing, or what JSON has no word for, answers null, as on Lambda.
    return { kind: 'reply', payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    return { kind: 'error', error: describe(error) };
  }
};

try {
  const handler = await loadHandler();
  parentPort?.on('message', (invocation: Invocation) => void handle(handler, invocation).then(tell));
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'broken', error: describe(error) });
}
