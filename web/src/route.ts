import { signal } from '@preact/signals';
import type { TimeRange } from './api/contract.ts';
import { parseRoute, type Route } from './route-of-address.ts';
import { toQuery } from './time/time-range.ts';

const current = (): Route => parseRoute(location.pathname, location.search, location.hash);

export const route = signal<Route>(current());

export const followAddress = (): void => {
  const follow = (): void => {
    route.value = current();
  };
  addEventListener('popstate', follow);
  addEventListener('hashchange', follow);
};

export const dashboardPath = (id: string): string => `/dashboards/${encodeURIComponent(id)}`;

export const navigate = (path: string): void => {
  history.pushState(null, '', path);
  route.value = current();
};

/** Puts the range into the address, so that a copied link shows the same. */
export const showRange = (range: TimeRange | undefined): void => {
  const query = toQuery(range).toString();
  navigate(`${location.pathname}${query === '' ? '' : `?${query}`}${location.hash}`);
};

/** Follows a link within the page without loading it anew; everything else is left to the browser. */
export const followLink = (event: MouseEvent): void => {
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!isPlain || !(event.currentTarget instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  navigate(event.currentTarget.pathname + event.currentTarget.search);
};
