import type { AnalyticsClient, ClientOptions } from '../../../sdk/api.ts';
import { createCredentials } from '../../../sdk/credentials.ts';
import type { AnalyticsError } from '../../../sdk/errors.ts';
import { createHttp } from '../../../sdk/http.ts';
import { createLive } from '../../../sdk/live.ts';
import { watchPage } from '../../../sdk/page-events.ts';
import { createResults } from '../../../sdk/results.ts';

export type ServiceReader = Pick<AnalyticsClient, 'queryPage' | 'subscribe' | 'close'>;

/** The parts of the SDK that listen and read: a page that submits nothing does without the queue of submissions. */
export const openService = (options: ClientOptions, onError: (error: AnalyticsError) => void): ServiceReader => {
  const credentials = createCredentials(options);
  const live = createLive(options, credentials, onError);
  const { queryPage } = createResults(createHttp(options, credentials));
  const unwatch = watchPage({ onOnline: live.wake, onLeave: () => {} });
  return {
    queryPage,
    subscribe: live.subscribe,
    close() {
      unwatch();
      live.close();
    },
  };
};
