import * as z from 'zod';
import type { Subscription } from './subscription.ts';

const subscriptionSchema = z.object({
  connectionId: z.string(),
  subscriptionId: z.string(),
  tenant: z.string(),
  protocol: z.enum(['native', 'socket.io']),
  stream: z.string(),
  filters: z.record(z.string(), z.custom<Subscription['filters'][string]>()),
});

const replaySchema = z.object({
  kind: z.literal('replay'),
  subscription: subscriptionSchema,
  replayId: z.string(),
  /** Position, in epoch ms, that the client stands at. */
  cursor: z.number(),
  /** Key in the feed that a former invocation came to. */
  after: z.string().optional(),
  /** Once the subscription is live: under which the rest of the replay is noted as unfinished. */
  deliveryId: z.string().optional(),
  attempt: z.int().default(1),
});
export type Replay = z.output<typeof replaySchema>;

/** Work on connections that is done apart from the routes, and so that no invocation grows with their number. */
export const followUpSchema = z.discriminatedUnion('kind', [
  /** Tell a socket.io client that it is connected. */
  z.object({ kind: z.literal('open'), connectionId: z.string(), attempt: z.int().default(1) }),
  /** Ping a page of the socket.io connections. */
  z.object({ kind: z.literal('heartbeat'), shard: z.int(), after: z.string().optional() }),
  /** Send a subscription what its client missed. */
  replaySchema,
]);
export type FollowUp = z.input<typeof followUpSchema>;
