import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** The build puts it beside each bundle that needs it. Node has no threads in WebAssembly, so that one file serves. */
const WASM_FILE = 'tfjs-backend-wasm-simd.wasm';
const CRASH_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

const wasmFolder = (): string => {
  if (existsSync(join(import.meta.dirname, WASM_FILE))) return import.meta.dirname;
  return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
};

/** The runtime of the wasm backend installs handlers that would take every crash of the process for its own. */
const withoutCrashHandlers = async <Result>(start: () => Promise<Result>): Promise<Result> => {
  const before = CRASH_EVENTS.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  const result = await start();
  for (const [k, event] of CRASH_EVENTS.entries()) {
    for (const listener of process.listeners(event as 'uncaughtException'))
      if (before[k]?.has(listener) !== true) process.removeListener(event, listener);
  }
  return result;
};

const start = async (): Promise<string> => {
  // Without it each operation is checked once more, and plain JavaScript advertises the native package.
  tf.enableProdMode();
  setWasmPaths(`${wasmFolder()}/`);
  const started = await withoutCrashHandlers(() => tf.setBackend('wasm').catch(() => false));
  if (!started) await tf.setBackend('cpu');
  await tf.ready();
  return tf.getBackend();
};

let backend: Promise<string> | undefined;
/** TensorFlow.js has one backend a process, so that work on different ones waits its turn. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Starts TensorFlow.js once a process: on WebAssembly, or in plain JavaScript where that does not start.
 *
 * @returns the backend's name, `wasm` or `cpu`
 */
export const startTensorFlow = (): Promise<string> => {
  backend ??= start();
  return backend;
};

export type Backend = 'wasm' | 'cpu';

const runOn = async <Result>(name: Backend, work: () => Promise<Result>): Promise<Result> => {
  const usual = await startTensorFlow();
  if (name === usual) return work();
  await tf.setBackend(name);
  try {
    return await work();
  } finally {
    await tf.setBackend(usual);
  }
};

/** Does work on a backend, after all that was asked for before. `wasm` is `cpu` where WebAssembly does not start. */
export const onBackend = <Result>(name: Backend, work: () => Promise<Result>): Promise<Result> => {
  const result = turn.then(async () => runOn((await startTensorFlow()) === 'cpu' ? 'cpu' : name, work));
  turn = result.catch(() => undefined);
  return result;
};
