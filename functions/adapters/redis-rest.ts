import * as z from 'zod';

/** Sends a command, such as `['GET', 'key']`, and gives Redis's reply. */
export type SendCommand = (command: readonly (string | number)[]) => Promise<unknown>;

export interface RedisRestOptions {
  readonly url: string;
  readonly token: string;
}

const replySchema = z.union([z.object({ result: z.unknown() }), z.object({ error: z.string() })]);

/** Redis refused a command, or what answered was not Redis. */
class RedisError extends Error {
  override readonly name = 'RedisError';
}

const parseReply = (status: number, text: string): z.infer<typeof replySchema> => {
  try {
    return replySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new RedisError(`Redis answered ${status} with what is no reply`, { cause });
  }
};

/**
 * One command over Upstash's REST API, until `signal` aborts it. The client of `@upstash/redis` would add 18 KB gzip to
 * every bundle for the four commands that are used here, and tries twice even when it is told not to.
 *
 * @throws {RedisError} when Redis refused the command or something else answered; what `fetch` throws otherwise.
 * @see https://upstash.com/docs/redis/features/restapi
 */
export const sendRedisCommand = async (
  { url, token }: RedisRestOptions,
  command: Parameters<SendCommand>[0],
  signal: AbortSignal,
): Promise<unknown> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(command),
    redirect: 'error',
    signal,
  });
  const reply = parseReply(response.status, await response.text());
  if ('error' in reply) throw new RedisError(reply.error);
  if (!response.ok) throw new RedisError(`Redis answered ${response.status}`);
  return reply.result;
};
