import type { AnalyticsClient, ClientOptions } from './api.ts';
import { createCredentials } from './credentials.ts';
import type { AnalyticsError } from './errors.ts';
import { createHttp } from './http.ts';
import { createLive } from './live.ts';
import { watchPage } from './page-events.ts';
import { createResults } from './results.ts';
import { createSubmissionQueue } from './submission-queue.ts';
import { createWaitForResult } from './wait-for-result.ts';

const warn = (error: AnalyticsError): void => console.warn(`AI Analytics: ${error.message}`, error);

/**
 * A client of one AI Analytics service, for one user or server.
 *
 * @example
 * const client = createClient({ url, getToken: () => fetch('/token').then((answer) => answer.text()) });
 * const { analysisId } = await client.submit({ type: 'user-behavior', data: { sessions } });
 * const { result } = await client.waitForResult(analysisId);
 */
export const createClient = (options: ClientOptions): AnalyticsClient => {
  const { onError = warn } = options;
  const credentials = createCredentials(options);
  const http = createHttp(options, credentials);
  const queue = createSubmissionQueue(options, http, onError);
  const live = createLive(options, credentials, onError);
  const results = createResults(http);
  const onOnline = (): void => {
    queue.wake();
    live.wake();
  };
  const unwatch = watchPage({ onOnline, onLeave: queue.leave });
  return {
    submit: queue.submit,
    flush: queue.flush,
    pending: queue.pending,
    ...results,
    waitForResult: createWaitForResult(results.result, live),
    subscribe: live.subscribe,
    close() {
      unwatch();
      queue.close();
      live.close();
    },
  };
};
