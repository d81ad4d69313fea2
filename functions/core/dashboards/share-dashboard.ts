import { v7 as timeOrdered } from 'uuid';
import * as z from 'zod';
import { AppError } from '../errors.ts';
import type { Clock, RateLimiter } from '../ports.ts';
import { requireRoom } from '../rate-limit.ts';
import { parseOrThrow } from '../validation.ts';
import type { Dashboard } from './dashboard.ts';
import type { ShareStore } from './dashboard-store.ts';
import { type DashboardDependencies, type DashboardRequest, getDashboard } from './get-dashboard.ts';
import { generateShareToken, hashShareToken, looksLikeShareToken, type Share } from './share.ts';

const HOUR_MS = 3_600_000;
const LONGEST_HOURS = 90 * 24;
const MOST_SHARES = 50;

const HOURS_EXPECTED = `must be a whole number of hours from 1 to ${LONGEST_HOURS}`;
const shareRequestSchema = z.strictObject({
  expiresInHours: z
    .int(HOURS_EXPECTED)
    .min(1, HOURS_EXPECTED)
    .max(LONGEST_HOURS, HOURS_EXPECTED)
    .default(7 * 24),
});

export type ShareDependencies = DashboardDependencies & { readonly shares: ShareStore; readonly clock: Clock };

/** A share as its dashboard's owner sees it. */
export type ShareView = Pick<Share, 'id' | 'createdAt' | 'expiresAt'>;

const toView = ({ id, createdAt, expiresAt }: Share): ShareView => ({ id, createdAt, expiresAt });

const isValid = ({ expiresAt }: Share, clock: Clock): boolean => new Date(expiresAt) > clock();

/** The links to a dashboard that have not expired, oldest first. */
export const listShares = async (
  { shares, clock }: ShareDependencies,
  { tenant, id }: DashboardRequest,
): Promise<ShareView[]> => (await shares.list(tenant, id)).filter((share) => isValid(share, clock)).map(toView);

/**
 * Makes a link that shows a dashboard, and nothing else, to whoever holds it.
 *
 * @returns the share with its token, which is told this once and kept nowhere.
 * @throws {AppError} `request.invalid`, `dashboard.not_found` or `share.too_many`.
 */
export const shareDashboard = async (
  dependencies: ShareDependencies,
  { body, ...request }: DashboardRequest & { body: unknown },
): Promise<ShareView & { readonly token: string }> => {
  const { expiresInHours } = parseOrThrow(shareRequestSchema, body, { what: 'The share' });
  const { id: dashboardId } = await getDashboard(dependencies, request);
  const existing = await listShares(dependencies, request);
  if (existing.length >= MOST_SHARES) {
    throw new AppError('share.too_many', `A dashboard has at most ${MOST_SHARES} links`, {
      details: [{ field: 'id', message: `there are ${existing.length}; revoke one first` }],
    });
  }
  const now = dependencies.clock().getTime();
  const share: Share = {
    id: timeOrdered(),
    tenant: request.tenant,
    dashboardId,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + expiresInHours * HOUR_MS).toISOString(),
  };
  const token = generateShareToken();
  await dependencies.shares.add(share, hashShareToken(token));
  return { ...toView(share), token };
};

/** @throws {AppError} `share.not_found` when the dashboard has no such link. */
export const revokeShare = async (
  { shares }: Pick<ShareDependencies, 'shares'>,
  { tenant, id, shareId }: DashboardRequest & { shareId: string },
): Promise<void> => {
  if (await shares.revoke(tenant, id, shareId)) return;
  throw new AppError('share.not_found', `Dashboard ${id} has no link ${shareId}`, {
    details: [{ field: 'shareId', message: 'unknown, or revoked already' }],
  });
};

/** A dashboard as somebody sees it who was given a link to it. */
export interface SharedDashboard {
  readonly tenant: string;
  readonly dashboard: Dashboard;
  readonly expiresAt: string;
}

/** What a link is opened with; each is counted by itself, so that one that spreads takes nothing from the tenant. */
export type OpenDependencies = ShareDependencies & { readonly limiter: RateLimiter };

/**
 * What a link shows: the dashboard as it is now.
 *
 * @throws {AppError} `rate.limited`, or `share.not_found` when the link is unknown, revoked, has expired, or its dashboard was deleted.
 */
export const openShare = async (dependencies: OpenDependencies, token: string): Promise<SharedDashboard> => {
  const share = looksLikeShareToken(token) ? await dependencies.shares.find(hashShareToken(token)) : undefined;
  if (share !== undefined && isValid(share, dependencies.clock)) {
    const { tenant, dashboardId: id, expiresAt } = share;
    requireRoom(await dependencies.limiter.take(`${tenant}#share#${share.id}`, 'read'));
    const dashboard = await getDashboard(dependencies, { tenant, id }).catch((error: unknown) => {
      if (error instanceof AppError) return undefined;
      throw error;
    });
    if (dashboard !== undefined) return { tenant, dashboard, expiresAt };
  }
  throw new AppError('share.not_found', 'This link does not lead to a dashboard', {
    details: [{ field: 'token', message: 'unknown, revoked or expired; ask for a new link' }],
  });
};
