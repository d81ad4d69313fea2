import * as z from 'zod';
import { AppError } from './errors.ts';
import type { ConnectionStore, Logger } from './ports.ts';
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
    z.object({ action: z.literal('ping'), id: idSchema.optional() }),
  ],
  { error: 'must be one of: subscribe, unsubscribe, ping' },
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

const perform = async (connections: ConnectionStore, connectionId: string, action: Action): Promise<Reply> => {
  switch (action.action) {
    case 'ping':
      return { event: 'pong', ...(action.id === undefined ? {} : { id: action.id }) };
    case 'unsubscribe': {
      const existed = await connections.unsubscribe(connectionId, action.id);
      return { event: 'unsubscribed', id: action.id, existed };
    }
    case 'subscribe': {
      const connection = await connections.get(connectionId);
      if (connection === undefined) throw new AppError('websocket.closed', 'This connection is closed; connect again');
      if ((await connections.countSubscriptions(connectionId)) >= MOST_SUBSCRIPTIONS) {
        throw new AppError(
          'websocket.too_many_subscriptions',
          `A connection may hold ${MOST_SUBSCRIPTIONS} subscriptions; unsubscribe from one first`,
        );
      }
      const { id, stream, filters } = action;
      const { tenant } = connection;
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
  { connections, logger }: { connections: ConnectionStore; logger: Logger },
  connectionId: string,
  frame: string,
): Promise<Reply> => {
  let value: unknown;
  try {
    value = parseFrame(frame);
    const action = parseOrThrow(actionSchema, value, { what: 'The frame' });
    return await perform(connections, connectionId, action);
  } catch (error) {
    if (!(error instanceof AppError)) logger.error('Frame failed', { connectionId, error });
    return refusal(error, idOf(value));
  }
};
