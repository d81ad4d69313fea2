import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import type { Clock } from '../core/ports.ts';

/** Milliseconds that one attempt may take. */
const ATTEMPT_MS = 15_000;
const MOST_ATTEMPTS = 3;
/** Milliseconds of the first pause between two attempts, at most; it doubles. */
const PAUSE_MS = 100;

export interface S3BucketOptions {
  readonly name: string;
  /** URL of S3 in the region. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
  };
  readonly clock: Clock;
}

interface LinkOptions {
  /** What whoever holds the link may do. */
  readonly method: 'GET' | 'PUT';
  /** Seconds that it works, at most as long as the credentials it is signed with. */
  readonly seconds: number;
}

/** The objects of one bucket. */
export interface S3Bucket {
  put(key: string, body: string | Uint8Array, contentType: string): Promise<void>;
  /** @returns undefined when there is none under `key` */
  get(key: string): Promise<Uint8Array | undefined>;
  delete(key: string): Promise<void>;
  link(key: string, options: LinkOptions): Promise<{ url: string; expiresAt: string }>;
}

const isPassing = (status: number): boolean => status >= 500 || status === 429;

const describe = async (response: Response): Promise<string> => {
  const code = /<Code>([^<]+)<\/Code>/.exec(await response.text())?.[1];
  return code === undefined ? String(response.status) : `${response.status} ${code}`;
};

/**
 * A bucket over S3's own HTTP. The SDK's client does the same in fifty kilobytes of compressed code, which every cold
 * start would load: of its hundred operations three are needed here.
 */
export const createS3Bucket = ({ name, endpoint, region, credentials, clock }: S3BucketOptions): S3Bucket => {
  const { sessionToken, ...keys } = credentials;
  const signer = new AwsClient({
    ...keys,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region,
  });
  // Virtual-host addressing needs a DNS name for each bucket, which an endpoint given by IP address cannot have.
  const urlOf = (key: string): string => `${endpoint}/${name}/${key.split('/').map(encodeURIComponent).join('/')}`;

  /** Tries again what failed in passing: an answer of 5xx, or a kept connection that was cut while the function slept. */
  const request = async (method: string, key: string, init: RequestInit = {}, attempt = 1): Promise<Response> => {
    try {
      const signed = await signer.sign(urlOf(key), { method, ...init });
      const response = await fetch(signed, { signal: AbortSignal.timeout(ATTEMPT_MS) });
      if (!isPassing(response.status) || attempt === MOST_ATTEMPTS) return response;
      await response.body?.cancel();
    } catch (cause) {
      if (attempt === MOST_ATTEMPTS) throw new Error(`S3 cannot be reached to ${method} ${key}`, { cause });
    }
    await sleep(Math.random() * PAUSE_MS * 2 ** attempt);
    return request(method, key, init, attempt + 1);
  };

  const succeed = async (method: string, key: string, init?: RequestInit): Promise<void> => {
    const response = await request(method, key, init);
    if (!response.ok) throw new Error(`S3 refused to ${method} ${key}: ${await describe(response)}`);
    await response.body?.cancel();
  };

  return {
    async put(key, body, contentType) {
      // With its hash in the signature S3 refuses a body that was damaged on the way.
      const hash = createHash('sha256').update(body).digest('hex');
      const headers = { 'content-type': contentType, 'x-amz-content-sha256': hash };
      await succeed('PUT', key, { headers, body: typeof body === 'string' ? body : Buffer.from(body) });
    },

    async get(key) {
      const response = await request('GET', key);
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      const description = await describe(response);
      if (response.status === 404) return undefined;
      throw new Error(`S3 refused to GET ${key}: ${description}`);
    },

    delete: (key) => succeed('DELETE', key),

    async link(key, { method, seconds }) {
      const url = `${urlOf(key)}?X-Amz-Expires=${seconds}`;
      const signed = await signer.sign(url, { method, aws: { signQuery: true } });
      return { url: signed.url, expiresAt: new Date(clock().getTime() + seconds * 1000).toISOString() };
    },
  };
};
