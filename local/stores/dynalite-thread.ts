import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';

/** dynalite in a thread of its own: what it computes for one request would hold up every other part of the runtime. */

const server = dynalite({ path: workerData.path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));

parentPort?.once('message', () => {
  server.closeAllConnections();
  // Closing the server closes LevelDB, which writes out what it holds.
  server.close(() => parentPort?.close());
});
