import { signal } from '@preact/signals';
import type { TimeRange } from './api/contract.ts';
import { fromQuery, toQuery } from './time/time-range.ts';

/** What the address of the page shows. */
export type Route =
  | { readonly page: 'list' }
  | { readonly page: 'dashboard'; readonly id: string; readonly range: TimeRange | undefined }
  | { readonly page: 'shared'; readonly token: string; readonly range: TimeRange | undefined }
  | { readonly page: 'unknown' };

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

export const parseRoute = (pathname: string, search: string, hash: string): Route => {
  const range = fromQuery(new URLSearchParams(search));
  const path = pathname.replace(/\/+$/, '');
  if (path === '') return { page: 'list' };
  if (path === '/shared') return { page: 'shared', token: decode(hash.replace(/^#/, '')), range };
  const [, id] = /^\/dashboards\/([^/]+)$/.exec(path) ?? [];
  return id === undefined ? { page: 'unknown' } : { page: 'dashboard', id: decode(id), range };
};

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
