import type { IncomingMessage } from 'node:http';
import { Script } from 'node:vm';
import { requestUrl } from '../api-gateway/request-url.ts';
import type { KnownResource } from '../assembly/inventory.ts';

/** Milliseconds after which a call is taken for one that never ends; on a busy machine even a short one takes long. */
const TIMEOUT_MS = 5_000;

interface ViewerRequest {
  readonly uri: string;
}

/**
 * A CloudFront function on viewer requests; it is given what the functions of this kind look at, and may change the path.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
export const createViewerFunction = ({ properties }: KnownResource): ((request: IncomingMessage) => string) => {
  const script = new Script(`${String(properties['FunctionCode'])}\n;handler(event);`);
  return (request) => {
    const { pathname, searchParams } = requestUrl(request);
    const querystring = Object.fromEntries([...searchParams].map(([name, value]) => [name, { value }]));
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, { value: String(value) }]),
    );
    const event = {
      version: '1.0',
      context: { eventType: 'viewer-request' },
      request: { method: request.method, uri: pathname, querystring, headers, cookies: {} },
    };
    return (script.runInNewContext({ event }, { timeout: TIMEOUT_MS }) as ViewerRequest).uri;
  };
};
