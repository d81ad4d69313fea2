import * as z from 'zod';

/** Work on connections that is done apart from the routes, and so that no invocation grows with their number. */
export const followUpSchema = z.discriminatedUnion('kind', [
  /** Tell a socket.io client that it is connected. */
  z.object({ kind: z.literal('open'), connectionId: z.string(), attempt: z.int().default(1) }),
  /** Ping a page of the socket.io connections. */
  z.object({ kind: z.literal('heartbeat'), shard: z.int(), after: z.string().optional() }),
]);
export type FollowUp = z.input<typeof followUpSchema>;
