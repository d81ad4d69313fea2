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
  readonly event: string;
  /** Epoch ms. */
  readonly deadline: number;
}

export type InvocationReply =
  | { readonly payload: string }
  | {
      readonly error: { readonly errorType: string; readonly errorMessage: string; readonly trace: readonly string[] };
    };

type Handler = (event: unknown, context: object) => unknown;

const { modulePath, handlerName, functionName, functionArn, memoryMegabytes }: ThreadData = workerData;

const loading: Promise<Handler> = import(modulePath).then((module) => {
  const handler: unknown = module[handlerName];
  if (typeof handler !== 'function') throw new Error(`${modulePath} does not export a function "${handlerName}"`);
  return handler as Handler;
});
// A module that cannot be loaded fails each invocation; until the first one asks, nobody awaits it.
loading.catch(() => {});

const toError = (error: unknown): InvocationReply => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { error: { errorType: name, errorMessage: message, trace: stack?.split('\n') ?? [] } };
};

const handle = async ({ requestId, event, deadline }: Invocation): Promise<InvocationReply> => {
  try {
    const handler = await loading;
    const context = {
      functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: functionArn,
      memoryLimitInMB: String(memoryMegabytes),
      awsRequestId: requestId,
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: 'local',
      callbackWaitsForEmptyEventLoop: false,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
    return { payload: JSON.stringify((await handler(JSON.parse(event), context)) ?? null) };
  } catch (error) {
    return toError(error);
  }
};

parentPort?.on('message', (invocation: Invocation) => {
  handle(invocation).then((reply) => parentPort?.postMessage(reply));
});
