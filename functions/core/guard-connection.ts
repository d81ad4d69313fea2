import pMap from 'p-map';
import * as z from 'zod';
import { keyIdOf } from './api-key.ts';
import { type AuthenticateDependencies, authenticate, type Principal } from './authenticate.ts';
import { AppError } from './errors.ts';
import type {
  Clock,
  ConnectionCheck,
  ConnectionCheckQueue,
  ConnectionCloser,
  ConnectionStore,
  RateLimiter,
  RevokedKey,
} from './ports.ts';
import { requireRoom } from './rate-limit.ts';
import type { Connection } from './subscription.ts';

/**
 * Keeps connections to those who may have them: one that has not authenticated in time is closed, and so is one whose
 * credential has expired. Each is watched by a delayed message: whoever goes away earlier costs nothing more, and
 * nobody has to search all connections for the few that are due. Those of a revoked key are found by a list of its own.
 */

/** Seconds that a client has to authenticate. */
const AUTHENTICATION_SECONDS = 30;
/** The longest that SQS delays a message; a later expiry is looked for in several steps. */
const LONGEST_DELAY_SECONDS = 900;

const CONCURRENT_CLOSINGS = 16;

export const connectionCheckSchema = z.union([
  z.object({ connectionId: z.string().min(1), expiresAt: z.iso.datetime().optional() }),
  z.object({ tenant: z.string().min(1), keyId: z.string().min(1), after: z.string().optional() }),
]);

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

interface CheckDependencies extends WatchDependencies {
  readonly connections: ConnectionStore;
  readonly closer: ConnectionCloser;
}

type SingleCheck = Exclude<ConnectionCheck, RevokedKey>;

const isDue = ({ principal }: Connection, { expiresAt }: SingleCheck): boolean =>
  // Of a connection that authenticated anew only the newest expiry counts; it has a check of its own.
  expiresAt === undefined ? principal === undefined : principal?.expiresAt === expiresAt;

/** In this order: what is forgotten first would not be closed by a second attempt. */
const closeConnection = async ({ connections, closer }: CheckDependencies, connectionId: string): Promise<void> => {
  await closer.disconnect(connectionId);
  await connections.close(connectionId);
};

/** Closes a page of the connections that a key still stands for; the pages that follow are a check of their own. */
const closeOfKey = async (dependencies: CheckDependencies, { tenant, keyId, after }: RevokedKey): Promise<void> => {
  const { connections, checks } = dependencies;
  const { entries, next } = await connections.authenticatedBy(tenant, keyId, after);
  if (next !== undefined) await checks.send({ tenant, keyId, after: next }, 0);
  await pMap(
    entries,
    async (connectionId) => {
      const principal = (await connections.get(connectionId))?.principal;
      if (principal !== undefined && keyIdOf(principal) === keyId) await closeConnection(dependencies, connectionId);
    },
    { concurrency: CONCURRENT_CLOSINGS },
  );
};

/** Looks at a connection, or at those of a revoked key, when the check is due, and closes what should not be open. */
export const checkConnection = async (dependencies: CheckDependencies, check: ConnectionCheck): Promise<void> => {
  if ('keyId' in check) return closeOfKey(dependencies, check);
  const { connectionId, expiresAt } = check;
  const connection = await dependencies.connections.get(connectionId);
  if (connection === undefined || !isDue(connection, check)) return;
  if (expiresAt !== undefined && new Date(expiresAt) > dependencies.clock()) {
    return watchExpiry(dependencies, connectionId, expiresAt);
  }
  await closeConnection(dependencies, connectionId);
};
