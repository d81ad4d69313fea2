import * as z from 'zod';
import { type Principal, requireScope } from './authenticate.ts';
import { AppError } from './errors.ts';
import { requireAuthenticated } from './guard-connection.ts';
import type { Clock, ConnectionStore, Logger } from './ports.ts';
import { ANALYTICS_STREAM } from './push-event.ts';
import { parseOrThrow } from './validation.ts';

/** Subscriptions one connection may hold. */
const MOST_SUBSCRIPTIONS = 50;

const idSchema = z.union([z.string().min(1).max(64), z.int().transform(String)], {
  error: 'must be a text of 1 to 64 characters',
});
const fieldValueSchema = z.union([z.string().max(256), z.number(), z.boolean()]);
const filtersSchema = z
  .record(z.string().max(40), z.union([fieldValueSchema, z.array(fieldValueSchema).min(1).max(20)]), {
    error: 'must be an object of field names and the values they may have',
  })
  .refine((filters) => Object.keys(filters).length <= 10, 'must name at most 10 fields');
const streamSchema = z.literal(ANALYTICS_STREAM, { error: `must be "${ANALYTICS_STREAM}"` });

const actionSchema = z.discriminatedUnion(
  'action',
  [
    z.object({
      action: z.literal('subscribe'),
      stream: streamSchema,
      filters: filtersSchema.default({}),
      id: idSchema.default('default'),
    }),
    z.object({ action: z.literal('unsubscribe'), id: idSchema.default('default') }),
    z.object({
      action: z.literal('authenticate'),
      token: z.string({ error: 'must be a token or an API key' }).min(1),
      id: idSchema.optional(),
    }),
    z.object({ action: z.literal('ping'), id: idSchema.optional() }),
  ],
  { error: 'must be one of: authenticate, subscribe, unsubscribe, ping' },
);
type Action = z.infer<typeof actionSchema>;

/** A frame of the native protocol, answered on the connection it came from. */
export type Reply = { readonly event: string; readonly id?: string } & { readonly [key: string]: unknown };

const parseFrame = (frame: string): unknown => {
  try {
    return JSON.parse(frame);
  } catch (cause) {
    throw new AppError('request.malformed_json', 'A frame must be JSON', {
      details: [{ field: '(frame)', message: 'for example {"action":"subscribe","stream":"analytics"}' }],
      cause,
    });
  }
};

/** The id of a frame that is refused, so that its sender can tell which one it was. */
const idOf = (value: unknown): string | undefined => z.object({ id: idSchema }).safeParse(value).data?.id;

export interface AnswerDependencies {
  readonly connections: ConnectionStore;
  /** Authenticates this connection by a credential. */
  readonly authenticate: (credential: string) => Promise<Principal>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const perform = async (dependencies: AnswerDependencies, connectionId: string, action: Action): Promise<Reply> => {
  const { connections, authenticate, clock } = dependencies;
  switch (action.action) {
    case 'ping':
      return { event: 'pong', ...(action.id === undefined ? {} : { id: action.id }) };
    case 'authenticate': {
      const { tenant, scopes, expiresAt } = await authenticate(action.token);
      const id = action.id === undefined ? {} : { id: action.id };
      return { event: 'authenticated', ...id, tenant, scopes, ...(expiresAt === undefined ? {} : { expiresAt }) };
    }
    case 'unsubscribe': {
      const existed = await connections.unsubscribe(connectionId, action.id);
      return { event: 'unsubscribed', id: action.id, existed };
    }
    case 'subscribe': {
      const connection = await connections.get(connectionId);
      if (connection === undefined) throw new AppError('websocket.closed', 'This connection is closed; connect again');
      const principal = requireAuthenticated(connection, clock());
      requireScope(principal, 'read');
      if ((await connections.countSubscriptions(connectionId)) >= MOST_SUBSCRIPTIONS) {
        throw new AppError(
          'websocket.too_many_subscriptions',
          `A connection may hold ${MOST_SUBSCRIPTIONS} subscriptions; unsubscribe from one first`,
        );
      }
      const { id, stream, filters } = action;
      const { tenant } = principal;
      await connections.subscribe({ connectionId, subscriptionId: id, tenant, stream, filters });
      return { event: 'subscribed', id, stream, filters };
    }
  }
};

const refusal = (error: unknown, id: string | undefined): Reply => {
  const { code, message, details } =
    error instanceof AppError ? error : new AppError('internal', 'The service could not answer this frame; try again');
  return { event: 'error', ...(id === undefined ? {} : { id }), error: { code, message, details } };
};

/**
 * Answers one frame of the native WebSocket protocol. Every frame gets an answer: a bad one an `error` event that
 * names the field, and never an exception, because a handler that throws would cost the client its connection.
 */
export const answerMessage = async (
  dependencies: AnswerDependencies,
  connectionId: string,
  frame: string,
): Promise<Reply> => {
  let value: unknown;
  try {
    value = parseFrame(frame);
    const action = parseOrThrow(actionSchema, value, { what: 'The frame' });
    return await perform(dependencies, connectionId, action);
  } catch (error) {
    if (!(error instanceof AppError)) dependencies.logger.error('Frame failed', { connectionId, error });
    return refusal(error, idOf(value));
  }
};
