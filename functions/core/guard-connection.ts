import * as z from 'zod';
import { type AuthenticateDependencies, authenticate, type Principal } from './authenticate.ts';
import { AppError } from './errors.ts';
import type {
  Clock,
  ConnectionCheck,
  ConnectionCheckQueue,
  ConnectionCloser,
  ConnectionStore,
  RateLimiter,
} from './ports.ts';
import { requireRoom } from './rate-limit.ts';
import type { Connection } from './subscription.ts';

/**
 * Keeps connections to those who may have them: one that has not authenticated in time is closed, and so is one whose
 * credential has expired. Each is watched by a delayed message: whoever goes away earlier costs nothing more, and
 * nobody has to search all connections for the few that are due.
 */

/** Seconds that a client has to authenticate. */
const AUTHENTICATION_SECONDS = 30;
/** The longest that SQS delays a message; a later expiry is looked for in several steps. */
const LONGEST_DELAY_SECONDS = 900;

export const connectionCheckSchema = z.object({
  connectionId: z.string().min(1),
  expiresAt: z.iso.datetime().optional(),
});

interface WatchDependencies {
  readonly checks: ConnectionCheckQueue;
  readonly clock: Clock;
}

const watchExpiry = async ({ checks, clock }: WatchDependencies, connectionId: string, expiresAt: string) => {
  const seconds = Math.ceil((new Date(expiresAt).getTime() - clock().getTime()) / 1000);
  await checks.send({ connectionId, expiresAt }, Math.min(Math.max(seconds, 0), LONGEST_DELAY_SECONDS));
};

const watch = async (dependencies: WatchDependencies, connectionId: string, principal: Principal | undefined) => {
  if (principal === undefined) await dependencies.checks.send({ connectionId }, AUTHENTICATION_SECONDS);
  else if (principal.expiresAt !== undefined) await watchExpiry(dependencies, connectionId, principal.expiresAt);
};

/** Notes a new connection and sets the watch on it. Without a principal it must authenticate by a frame. */
export const openConnection = async (
  dependencies: WatchDependencies & { readonly connections: ConnectionStore },
  {
    connectionId,
    protocol,
    principal,
  }: Pick<Connection, 'connectionId' | 'protocol'> & {
    principal: Principal | undefined;
  },
): Promise<void> => {
  const connectedAt = dependencies.clock().toISOString();
  await dependencies.connections.open({
    connectionId,
    connectedAt,
    protocol,
    ...(principal === undefined ? {} : { principal }),
  });
  await watch(dependencies, connectionId, principal);
};

/**
 * Authenticates an open connection by a credential that came in a frame, for the first time or anew.
 *
 * @throws {AppError} `auth.*` when the credential does not hold; `rate.limited` when its tenant has opened too many
 *   connections lately; `websocket.closed` when the connection has ended or
 *   belongs to another tenant, whose subscriptions it would take along.
 */
export const authenticateConnection = async (
  dependencies: AuthenticateDependencies &
    WatchDependencies & { readonly connections: ConnectionStore; readonly limiter: RateLimiter },
  connectionId: string,
  credential: string,
): Promise<Principal> => {
  const principal = await authenticate(dependencies, credential);
  requireRoom(await dependencies.limiter.take(principal.tenant, 'connect'));
  if (!(await dependencies.connections.identify(connectionId, principal))) {
    throw new AppError('websocket.closed', 'This connection is closed or belongs to another tenant; connect again');
  }
  if (principal.expiresAt !== undefined) await watchExpiry(dependencies, connectionId, principal.expiresAt);
  return principal;
};

/** @throws {AppError} `auth.required` before the connection has authenticated, `auth.expired` when that was too long ago. */
export const requireAuthenticated = ({ principal }: Connection, now: Date): Principal => {
  if (principal === undefined) {
    throw new AppError('auth.required', 'Authenticate first', {
      details: [{ field: 'action', message: 'send {"action":"authenticate","token":"…"} before anything else' }],
    });
  }
  if (principal.expiresAt === undefined || new Date(principal.expiresAt) > now) return principal;
  throw new AppError('auth.expired', 'The credential of this connection has expired; authenticate again');
};

const isDue = ({ principal }: Connection, { expiresAt }: ConnectionCheck): boolean =>
  // Of a connection that authenticated anew only the newest expiry counts; it has a check of its own.
  expiresAt === undefined ? principal === undefined : principal?.expiresAt === expiresAt;

/** Looks at a connection when its check is due, and closes it if it should no longer be open. */
export const checkConnection = async (
  dependencies: WatchDependencies & { readonly connections: ConnectionStore; readonly closer: ConnectionCloser },
  check: ConnectionCheck,
): Promise<void> => {
  const { connections, closer, clock } = dependencies;
  const { connectionId, expiresAt } = check;
  const connection = await connections.get(connectionId);
  if (connection === undefined || !isDue(connection, check)) return;
  if (expiresAt !== undefined && new Date(expiresAt) > clock()) {
    return watchExpiry(dependencies, connectionId, expiresAt);
  }
  // In this order: what is forgotten first would not be closed by a second attempt.
  await closer.disconnect(connectionId);
  await connections.close(connectionId);
};
