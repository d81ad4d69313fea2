import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';

/** Debian's package `redis-server` brings it; without it, what needs it is skipped. */
export const hasRedisServer = (() => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const TOKEN = 'secret';

/** What stands between a client and Redis: nothing, or one of the things that go wrong. */
type Trouble = 'none' | 'error page' | 'error status' | 'nonsense' | 'slow' | 'silent';

/** Milliseconds that a slow Redis takes for a command. */
const SLOW_MS = 200;
/** Upstash's own Redis knows this flag; Redis 7 does not. */
const LUA_HEADER = /^#!lua flags=allow-key-locking\n/;

type Command = readonly string[];
type Reply = { readonly result: unknown } | { readonly error: string };

const sha1 = (script: string): string => createHash('sha1').update(script).digest('hex');

const encode = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(encode);
  return typeof value === 'string' && value !== 'OK' ? Buffer.from(value).toString('base64') : value;
};

const startServer = async (folder: string): Promise<{ process: ChildProcess; socket: string }> => {
  const socket = join(folder, 'redis.sock');
  const options = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  while (!existsSync(socket)) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
    await sleep(10);
  }
  return { process: server, socket };
};

export interface Redis {
  /** Of the REST API. */
  readonly url: string;
  readonly token: string;
  /** Requests that have arrived at the REST API. */
  requests(): number;
  command(...command: string[]): Promise<unknown>;
  trouble(trouble: Trouble): void;
  /** Stops the server process as `SIGSTOP` does, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  stop(): Promise<void>;
}

/**
 * A real redis-server behind a REST API that speaks as Upstash's: single commands, `/pipeline` and `/multi-exec`, and
 * replies in base64 for clients that ask for it.
 */
export const startRedis = async (): Promise<Redis> => {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const { process: server, socket } = await startServer(folder);
  const client = createClient({ socket: { path: socket, reconnectStrategy: false }, disableOfflineQueue: true });
  client.on('error', () => {});
  await client.connect();
  /** Hashes that clients know scripts by, with those of the scripts as Redis got them. */
  const scripts = new Map<string, string>();
  let trouble: Trouble = 'none';
  let requests = 0;

  const translate = ([name = '', script = '', ...rest]: Command): string[] => {
    if (name.toUpperCase() === 'EVAL') {
      const plain = script.replace(LUA_HEADER, '');
      scripts.set(sha1(script), sha1(plain));
      return [name, plain, ...rest];
    }
    if (name.toUpperCase() === 'EVALSHA') return [name, scripts.get(script) ?? script, ...rest];
    return name === '' ? [] : [name, ...(script === '' && rest.length === 0 ? [] : [script]), ...rest];
  };
  const run = async (command: Command): Promise<Reply> => {
    try {
      return { result: await client.sendCommand(translate(command.map(String))) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
  const runAll = async (path: string, commands: readonly Command[]): Promise<Reply[]> => {
    if (path === '/multi-exec') await client.sendCommand(['MULTI']);
    const replies: Reply[] = [];
    for (const command of commands) replies.push(await run(command));
    if (path !== '/multi-exec') return replies;
    return ((await client.sendCommand(['EXEC'])) as unknown[]).map((result) => ({ result }));
  };

  const misbehave = async (response: ServerResponse): Promise<boolean> => {
    if (trouble === 'slow') await sleep(SLOW_MS);
    else if (trouble === 'error page')
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Hello</html>');
    else if (trouble === 'error status') response.writeHead(500).end('{"error":"ERR internal"}');
    else if (trouble === 'nonsense') response.writeHead(200).end('{"result":"abc"}');
    return trouble !== 'none' && trouble !== 'slow';
  };

  const api = createServer(async (request, response) => {
    requests += 1;
    const body = (await json(request)) as Command | readonly Command[];
    if (await misbehave(response)) return;
    const answer = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(401, { error: 'Unauthorized' });
    const wanted = request.headers['upstash-encoding'] === 'base64' ? encode : (value: unknown) => value;
    const shape = (reply: Reply) => ('error' in reply ? reply : { result: wanted(reply.result) });
    if (request.url === '/pipeline' || request.url === '/multi-exec') {
      return answer(200, (await runAll(request.url, body as readonly Command[])).map(shape));
    }
    const reply = await run(body as Command);
    return answer('error' in reply ? 400 : 200, shape(reply));
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');

  return {
    url: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    token: TOKEN,
    requests: () => requests,
    command: (...command) => client.sendCommand(command),
    trouble: (next) => {
      trouble = next;
    },
    signal: (signal) => void server.kill(signal),
    async stop() {
      api.closeAllConnections();
      api.close();
      client.destroy();
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGCONT');
        server.kill('SIGKILL');
        await once(server, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
