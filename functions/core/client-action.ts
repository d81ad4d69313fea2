import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Principal, requireScope } from './authenticate.ts';
import { toCursor } from './cursor.ts';
import { AppError } from './errors.ts';
import { requireAuthenticated } from './guard-connection.ts';
import type { Clock, ConnectionStore, FollowUpQueue } from './ports.ts';
import { STREAMS } from './push-event.ts';
import { resumePosition } from './replay-events.ts';
import type { Connection } from './subscription.ts';

/** What a client of either protocol, native or socket.io, may ask for over its connection. */

/** Subscriptions one connection may hold. */
const MOST_SUBSCRIPTIONS = 50;

export const actionIdSchema = z.union([z.string().min(1).max(64), z.int().transform(String)], {
  error: 'must be a text of 1 to 64 characters',
});
const fieldValueSchema = z.union([z.string().max(256), z.number(), z.boolean()]);
const filtersSchema = z
  .record(z.string().max(40), z.union([fieldValueSchema, z.array(fieldValueSchema).min(1).max(20)]), {
    error: 'must be an object of field names and the values they may have',
  })
  .refine((filters) => Object.keys(filters).length <= 10, 'must name at most 10 fields');
const streamSchema = z.enum(STREAMS, { error: `must be one of: ${STREAMS.join(', ')}` });

export const actionSchema = z.discriminatedUnion(
  'action',
  [
    z.object({
      action: z.literal('subscribe'),
      stream: streamSchema,
      filters: filtersSchema.default({}),
      id: actionIdSchema.default('default'),
      after: z.string({ error: 'must be the cursor of an event that was received' }).max(64).optional(),
    }),
    z.object({ action: z.literal('unsubscribe'), id: actionIdSchema.default('default') }),
    z.object({
      action: z.literal('authenticate'),
      token: z.string({ error: 'must be a token or an API key' }).min(1),
      id: actionIdSchema.optional(),
    }),
    z.object({ action: z.literal('ping'), id: actionIdSchema.optional() }),
  ],
  { error: 'must be one of: authenticate, subscribe, unsubscribe, ping' },
);
type Action = z.infer<typeof actionSchema>;
type SubscribeAction = Extract<Action, { action: 'subscribe' }>;

/** What the client is told: in the native protocol the frame itself. */
export type Reply = { readonly event: string; readonly id?: string } & { readonly [key: string]: unknown };

export interface ActionDependencies {
  readonly connections: ConnectionStore;
  readonly followUps: FollowUpQueue;
  /** Authenticates this connection by a credential. */
  readonly authenticate: (credential: string) => Promise<Principal>;
  readonly clock: Clock;
  /** Hours that events are kept for clients that were away. */
  readonly eventRetentionHours: number;
}

const subscribe = async (
  { connections, followUps, clock, eventRetentionHours }: ActionDependencies,
  connection: Connection,
  { id, stream, filters, after }: SubscribeAction,
): Promise<Reply> => {
  const { connectionId, protocol } = connection;
  const principal = requireAuthenticated(connection, clock());
  requireScope(principal, 'read');
  if ((await connections.countSubscriptions(connectionId)) >= MOST_SUBSCRIPTIONS) {
    throw new AppError(
      'websocket.too_many_subscriptions',
      `A connection may hold ${MOST_SUBSCRIPTIONS} subscriptions; unsubscribe from one first`,
    );
  }
  const cursor = after === undefined ? undefined : resumePosition(after, clock(), eventRetentionHours);
  const { tenant } = principal;
  const subscription = { connectionId, subscriptionId: id, tenant, protocol, stream, filters };
  if (cursor === undefined) {
    await connections.subscribe(subscription);
    const isExpired = after !== undefined;
    const event = isExpired ? 'resume:expired' : 'subscribed';
    return { event, id, stream, filters, cursor: toCursor(clock().getTime()) };
  }
  const replayId = randomUUID();
  await connections.subscribe({ ...subscription, replayId });
  await followUps.send({ kind: 'replay', subscription, replayId, cursor });
  return { event: 'subscribed', id, stream, filters, cursor: toCursor(cursor) };
};

/** @throws {AppError} when the connection is closed or holds too many subscriptions */
export const performAction = async (
  dependencies: ActionDependencies,
  connection: Connection | undefined,
  action: Action,
): Promise<Reply> => {
  if (connection === undefined) throw new AppError('websocket.closed', 'This connection is closed; connect again');
  switch (action.action) {
    case 'ping':
      return { event: 'pong', ...(action.id === undefined ? {} : { id: action.id }) };
    case 'authenticate': {
      const { tenant, scopes, expiresAt } = await dependencies.authenticate(action.token);
      const id = action.id === undefined ? {} : { id: action.id };
      return { event: 'authenticated', ...id, tenant, scopes, ...(expiresAt === undefined ? {} : { expiresAt }) };
    }
    case 'unsubscribe': {
      const existed = await dependencies.connections.unsubscribe(connection.connectionId, action.id);
      return { event: 'unsubscribed', id: action.id, existed };
    }
    case 'subscribe':
      return subscribe(dependencies, connection, action);
  }
};

/** What a client may know of an error. */
export const describeRefusal = (error: unknown): Pick<AppError, 'code' | 'message' | 'details'> => {
  const { code, message, details } =
    error instanceof AppError ? error : new AppError('internal', 'The service could not answer this frame; try again');
  return { code, message, details };
};
