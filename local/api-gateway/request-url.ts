import type { IncomingMessage } from 'node:http';

/** Path and query of a request; of one whose target is no path, the root. */
export const requestUrl = ({ url = '/' }: IncomingMessage): URL =>
  // Prefixed rather than resolved: a path that begins with two slashes would be taken for a host.
  URL.parse(`http://local${url}`) ?? new URL('http://local/');
