import type { ClientOptions } from './api.ts';
import { AnalyticsError } from './errors.ts';

export interface Credentials {
  /** Whether another can be had when this one is refused. */
  readonly renewable: boolean;
  get(): Promise<string>;
  /** Forgets the one at hand, unless another has taken the place of the one that was refused. */
  forget(refused?: string): void;
}

export const createCredentials = ({ token, apiKey, getToken }: ClientOptions): Credentials => {
  const fixed = token ?? apiKey;
  let current: Promise<string> | undefined;
  let known: string | undefined;
  const fetchToken = async (): Promise<string> => {
    try {
      known = await (getToken?.() ?? fixed ?? '');
      return known;
    } catch (cause) {
      current = undefined;
      throw new AnalyticsError('client.credential', 'getToken failed', { cause });
    }
  };
  return {
    renewable: getToken !== undefined,
    // One call for all who ask at the same time.
    get: () => (current ??= fetchToken()),
    forget(refused = known) {
      if (refused === known) current = undefined;
    },
  };
};
