import type { TimeRange } from './api/contract.ts';
import { fromQuery } from './time/time-range.ts';

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
