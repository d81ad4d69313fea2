import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';

/** Dynalite in a thread of its own: it takes about as much of a processor as everything else of the runtime. */

export interface DynaliteThreadData {
  /** Folder of the LevelDB files. */
  readonly path: string;
}

/** What the thread says once it serves. */
export interface DynaliteThreadReady {
  readonly port: number;
}

const { path }: DynaliteThreadData = workerData;
const server = dynalite({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
// Functions keep their connections for reuse; the default of 5 s would close one just as it is used again.
server.keepAliveTimeout = 65_000;

// Dynalite throws what a request emits as an error, such as a client's end in the middle of its body: a function that
// is stopped while it writes would take the database with it.
server.prependListener('request', (request: IncomingMessage) => {
  const on = request.on.bind(request);
  request.on = (event, listener) => on(event, event === 'error' ? () => request.destroy() : listener);
});

server.once('error', (error) => {
  throw error;
});
server.listen(0, '127.0.0.1', () => {
  const ready: DynaliteThreadReady = { port: (server.address() as AddressInfo).port };
  parentPort?.postMessage(ready);
});

// Any message asks to close the files.
parentPort?.once('message', () => {
  server.closeAllConnections();
  server.close(() => process.exit());
});
