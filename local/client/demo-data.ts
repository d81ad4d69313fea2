import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface DemoSubmission {
  readonly type: string;
  readonly data: object;
}

interface Request {
  readonly endpoint: string;
  readonly method: string;
  readonly status: number;
  readonly responseTime: number;
  readonly timestamp: string;
}

const REQUESTS_A_SUBMISSION = 50;

/** An API line of an OpenStack log: time, request line, status and seconds. */
const LOG_LINE =
  /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d+).*"(GET|POST|PUT|DELETE|PATCH|HEAD) (\S+) HTTP\/[\d.]+" status: (\d+).* time: ([\d.]+)/;

const parseLine = (line: string): Request[] => {
  const [, day, time, method, path, status, seconds] = LOG_LINE.exec(line) ?? [];
  if (path === undefined || method === undefined) return [];
  const endpoint = path.split('?')[0] ?? path;
  return [
    { endpoint, method, status: Number(status), responseTime: Number(seconds) * 1000, timestamp: `${day}T${time}Z` },
  ];
};

const chunk = <Value>(values: readonly Value[], size: number): Value[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) => values.slice(index * size, (index + 1) * size));

/**
 * Reads the access logs (`*.log`) of a folder.
 *
 * @throws when none of their lines is an API request with a status and a time.
 */
export const readAccessLogs = (path: string): DemoSubmission[] => {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((file) => file.endsWith('.log'))
        .map((file) => join(path, file))
    : [path];
  const requests = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').flatMap(parseLine));
  if (requests.length === 0)
    throw new Error(`${path} holds no line of the form "… "GET /path HTTP/1.1" status: 200 … time: 0.25"`);
  return chunk(requests, REQUESTS_A_SUBMISSION).map((part) => ({ type: 'performance', data: { requests: part } }));
};

/** mulberry32: the same demo each time. */
const createRandom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

const PAGES = ['/home', '/search', '/product', '/cart', '/checkout', '/help'];

/** Milliseconds between the times of two submissions, of which the last is of now. */
const STEP_MS = 15 * 60_000;

const generateSessions = (random: () => number, submission: number, at: number): DemoSubmission => {
  const sessions = Array.from({ length: 12 }, (_, index) => {
    const start = at + index * 45_000;
    const length = 1 + Math.floor(random() * 7);
    const events = Array.from({ length }, (__, step) => ({
      type: 'pageview',
      timestamp: new Date(start + step * (5_000 + random() * 40_000)).toISOString(),
      data: { page: PAGES[Math.min(PAGES.length - 1, Math.floor(random() * (step + 2)))] },
    }));
    const userId = `user_${Math.floor(random() * 200)}`;
    return { sessionId: `sess_${submission}_${index}`, userId, startTime: new Date(start).toISOString(), events };
  });
  return { type: 'user-behavior', data: { sessions } };
};

/** Every tenth submission shows an outage, so that there is something to be alerted of. */
const generateRequests = (random: () => number, submission: number, at: number): DemoSubmission => {
  const outage = submission % 10 === 9;
  const requests = Array.from({ length: 120 }, (_, index) => {
    const endpoint = ['/api/orders', '/api/users/42', '/api/search'][Math.floor(random() * 3)] ?? '/api/orders';
    const slow = outage && endpoint === '/api/orders';
    return {
      endpoint,
      method: 'GET',
      status: slow && random() < 0.4 ? 503 : random() < 0.01 ? 404 : 200,
      responseTime: Math.round((slow ? 2_500 : 80) * (0.5 + random() * 2)),
      timestamp: new Date(at + index * 500).toISOString(),
    };
  });
  return { type: 'performance', data: { requests } };
};

/** Sessions and requests in turn, up to now; the same for the same count and end. */
export const generateSubmissions = (count: number, end = Date.now()): DemoSubmission[] => {
  const random = createRandom(7);
  return Array.from({ length: count }, (_, index) => {
    const at = end - (count - index) * STEP_MS;
    return index % 2 === 0 ? generateSessions(random, index, at) : generateRequests(random, index, at);
  });
};
