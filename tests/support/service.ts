import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { developmentToken, type TokenClaims } from '../../local/client/development-token.ts';

/** What came over the wire: the tests say what they expect to find in it. */
export type Json = ReturnType<typeof JSON.parse>;

/** The whole service in a process of its own, as `npm start` runs it. */
export interface Service {
  readonly httpUrl: string;
  /** With the token of a client of the tenant `default`. */
  readonly webSocketUrl: string;
  /** Without one. */
  readonly anonymousWebSocketUrl: string;
  readonly dataDir: string;
  /** What the process has printed so far. */
  output(): string;
  /** Posts as a client of the tenant `default`, unless `headers` say otherwise. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  remove(path: string, headers?: Record<string, string>): Promise<Answer>;
  token(claims?: TokenClaims): Promise<string>;
  kill(signal: 'SIGKILL' | 'SIGINT'): Promise<number | null>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

const root = join(import.meta.dirname, '../..');

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'ai-analytics-'));

export const removeDataDir = (dataDir: string): void => rmSync(dataDir, { recursive: true, force: true });

const READY = /HTTP\s+(\S+)\s+WebSocket\s+(\S+)/;

const awaitUrls = async (child: ChildProcess, output: () => string): Promise<RegExpExecArray> => {
  for (;;) {
    const urls = READY.exec(output());
    if (urls !== null && output().includes('ready in')) return urls;
    if (child.exitCode !== null) throw new Error(`The runtime ended with ${child.exitCode}:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const request = async (url: string, init?: RequestInit): Promise<Answer> => {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
};

export const startService = async (
  assemblyDir: string,
  dataDir: string,
  env: Record<string, string> = {},
): Promise<Service> => {
  const child = spawn(process.execPath, [join(root, 'local/main.ts')], {
    cwd: root,
    env: { ...process.env, CDK_OUTDIR: assemblyDir, LOCAL_DATA_DIR: dataDir, ANALYTICS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  const [, httpUrl = '', anonymousWebSocketUrl = ''] = await awaitUrls(child, () => printed);
  const token = await developmentToken(dataDir);
  const authorization = `Bearer ${token}`;
  return {
    httpUrl,
    anonymousWebSocketUrl,
    webSocketUrl: `${anonymousWebSocketUrl}?token=${token}`,
    dataDir,
    output: () => printed,
    post: (path, body, headers = {}) =>
      request(httpUrl + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path, headers = {}) => request(httpUrl + path, { headers: { authorization, ...headers } }),
    remove: (path, headers = {}) =>
      request(httpUrl + path, { method: 'DELETE', headers: { authorization, ...headers } }),
    token: (claims) => developmentToken(dataDir, claims),
    async kill(signal) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
};

/** A WebSocket client that remembers everything it was sent. */
export interface Client {
  readonly received: Json[];
  send(message: unknown): void;
  /** The first message that `matches`, whether it has come already or is to come. */
  next(matches: (message: Json) => boolean): Promise<Json>;
  closed(): Promise<number>;
  close(): void;
  readonly socket: WebSocket;
}

export const connect = async (url: string): Promise<Client> => {
  const socket = new WebSocket(url);
  const received: Json[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    received.push(JSON.parse(data.toString()));
    for (const look of waiting) look();
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  return {
    socket,
    received,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: (matches) =>
      new Promise((resolve) => {
        const look = () => {
          const found = received.find(matches);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    closed: () => closed,
    close: () => socket.close(),
  };
};

/** Connects and subscribes, and returns once the subscription stands. */
export const subscribe = async (url: string, filters: Record<string, unknown>): Promise<Client> => {
  const client = await connect(url);
  client.send({ action: 'subscribe', stream: 'analytics', filters, id: '1' });
  await client.next(({ event }) => event === 'subscribed');
  return client;
};

/** Asks for a result until the analysis has ended. */
export const awaitResult = async (service: Service, analysisId: string): Promise<Json> => {
  for (;;) {
    const { body } = await service.get(`/api/analytics/result/${analysisId}`);
    if (body['status'] !== 'queued') return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
