import { AppError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Dashboard, DashboardContent } from './dashboard.ts';
import type { ShareStore } from './dashboard-store.ts';
import { listDataSources } from './data-source.ts';
import { type DashboardDependencies, type DashboardRequest, dashboardNotFound, getDashboard } from './get-dashboard.ts';
import { parseDashboard, parsePatch } from './parse-dashboard.ts';

/** Which version a change was made to, as the header `If-Match` says it. */
export type ExpectedVersion = number | 'any';

const malformed = (header: string): AppError =>
  new AppError('request.invalid', 'If-Match must hold the ETag of one version', {
    details: [{ field: 'If-Match', message: `must be an ETag such as "3", quotes included, or *; not ${header}` }],
  });

/**
 * The version an `If-Match` header names. A proxy that compresses answers marks their ETags as weak; a version is the
 * same version in either form.
 *
 * @throws {AppError} `request.invalid` for what is no ETag of a dashboard.
 */
export const parseIfMatch = (header: string | undefined): ExpectedVersion | undefined => {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return 'any';
  const [, version] = /^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(header) ?? [];
  if (version === undefined) throw malformed(header);
  return Number(version);
};

const versionConflict = ({ id, version }: Dashboard): AppError =>
  new AppError('dashboard.version_conflict', `Somebody else has changed dashboard ${id} in the meantime`, {
    details: [{ field: 'If-Match', message: `the current version is "${version}": get it and change that`, version }],
  });

const requireVersion = (expected: ExpectedVersion | undefined): ExpectedVersion => {
  if (expected !== undefined) return expected;
  throw new AppError('dashboard.version_required', 'A change must say which version it was made to', {
    details: [{ field: 'If-Match', message: 'must be the ETag of the dashboard as it was read, or * for any' }],
  });
};

/** @throws {AppError} `dashboard.not_found`, `dashboard.read_only` or `dashboard.version_conflict`. */
const getForChange = async (
  dependencies: DashboardDependencies,
  request: DashboardRequest,
  expected: ExpectedVersion,
): Promise<Dashboard> => {
  const current = await getDashboard(dependencies, request);
  if (current.readyMade) {
    throw new AppError('dashboard.read_only', `${current.id} comes with its plugin and cannot be changed`, {
      details: [{ field: 'id', message: 'duplicate it, and change the duplicate' }],
    });
  }
  if (expected !== 'any' && expected !== current.version) throw versionConflict(current);
  return current;
};

interface ChangeRequest extends DashboardRequest {
  readonly body: unknown;
  readonly expected: ExpectedVersion | undefined;
}

type ChangeDependencies = DashboardDependencies & { readonly clock: Clock };

const change = async (
  dependencies: ChangeDependencies,
  { expected, ...request }: ChangeRequest,
  toContent: (current: Dashboard) => DashboardContent,
): Promise<Dashboard> => {
  const current = await getForChange(dependencies, request, requireVersion(expected));
  const changed = {
    ...current,
    ...toContent(current),
    version: current.version + 1,
    updatedAt: dependencies.clock().toISOString(),
  };
  if (await dependencies.dashboards.replace(request.tenant, changed)) return changed;
  throw versionConflict(await getDashboard(dependencies, request));
};

/**
 * Replaces a dashboard's content.
 *
 * @throws {AppError} `dashboard.version_required` without a version, `dashboard.version_conflict` when it is no longer
 *   the current one, `dashboard.read_only`, `dashboard.not_found`, or `request.invalid`, naming widget and key.
 */
export const replaceDashboard = async (
  dependencies: ChangeDependencies,
  request: ChangeRequest,
): Promise<Dashboard> => {
  const sources = listDataSources(dependencies.catalog.list());
  return change(dependencies, request, () => parseDashboard(sources, request.body));
};

/** Changes parts of a dashboard; fails as `replaceDashboard`. */
export const patchDashboard = async (dependencies: ChangeDependencies, request: ChangeRequest): Promise<Dashboard> => {
  const sources = listDataSources(dependencies.catalog.list());
  return change(dependencies, request, (current) => parsePatch(sources, current, request.body));
};

/**
 * Deletes a dashboard and its links.
 *
 * @throws {AppError} `dashboard.version_conflict` when a version is named that is not the current one,
 *   `dashboard.read_only` or `dashboard.not_found`.
 */
export const deleteDashboard = async (
  dependencies: DashboardDependencies & { readonly shares: ShareStore },
  { expected = 'any', ...request }: DashboardRequest & { readonly expected: ExpectedVersion | undefined },
): Promise<void> => {
  const { dashboards, shares } = dependencies;
  const { tenant, id } = request;
  const current = await getForChange(dependencies, request, expected);
  if (!(await dashboards.delete(tenant, id, current.version))) {
    const changed = await dashboards.get(tenant, id);
    throw changed === undefined ? dashboardNotFound(id) : versionConflict(changed);
  }
  for (const share of await shares.list(tenant, id)) await shares.revoke(tenant, id, share.id);
};
