import { EXAMPLE_LENGTH, fingerprintErrors } from './error-fingerprints.ts';
import { round } from './figures.ts';
import { isClientError, isServerError, type Request } from './requests.ts';

const MOST_GROUPS = 20;

export type ErrorReport = ReturnType<typeof analyzeErrors>;

/** Rates by class of status, and failed requests grouped by endpoint, status and message. */
export const analyzeErrors = (requests: readonly Request[]) => {
  const serverErrors = requests.filter(isServerError).length;
  const clientErrors = requests.filter(isClientError).length;
  const failed = requests.filter((request) => isServerError(request) || isClientError(request));
  const groups = [
    ...Map.groupBy(failed, ({ endpoint, status, normalizedError }) =>
      JSON.stringify([endpoint, status, normalizedError ?? null]),
    ),
  ]
    .map(([key, group]) => {
      const [endpoint, status, message] = JSON.parse(key) as [string, number, string | null];
      const times = group.map(({ time }) => time);
      return {
        endpoint,
        status,
        message: message?.slice(0, EXAMPLE_LENGTH) ?? null,
        count: group.length,
        firstSeen: new Date(times[0] ?? 0).toISOString(),
        lastSeen: new Date(times.at(-1) ?? 0).toISOString(),
      };
    })
    .sort((a, b) => b.count - a.count || a.endpoint.localeCompare(b.endpoint) || a.status - b.status);
  return {
    serverErrors,
    clientErrors,
    serverErrorRate: round(serverErrors / requests.length, 4),
    clientErrorRate: round(clientErrors / requests.length, 4),
    groups: groups.slice(0, MOST_GROUPS),
    omittedGroups: Math.max(0, groups.length - MOST_GROUPS),
    fingerprints: fingerprintErrors(requests),
  };
};
