export interface RouteMatch<Route> {
  readonly route: Route;
  readonly pathParameters: { readonly [name: string]: string };
}

/** A route key split up: `POST /api/result/{id}`. */
interface RoutePattern<Route> {
  readonly method: string;
  readonly segments: readonly string[];
  readonly route: Route;
}

/** A slash at the end makes another path, as on AWS. */
const split = (path: string): string[] => path.split('/').slice(1);

const isParameter = (segment: string): boolean => segment.startsWith('{');
const isGreedy = (segment: string): boolean => segment.endsWith('+}');
const nameOf = (segment: string): string => segment.replace(/^\{|\+?\}$/g, '');

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const matchSegments = (pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const actual = path[index];
    if (actual === undefined) return undefined;
    if (isGreedy(segment)) return { ...parameters, [nameOf(segment)]: path.slice(index).map(decode).join('/') };
    if (isParameter(segment)) parameters[nameOf(segment)] = decode(actual);
    else if (segment !== actual) return undefined;
  }
  return pattern.length === path.length ? parameters : undefined;
};

/** Lower is more specific: literal segments before parameters before greedy ones, a method before ANY. */
const specificity = ({ method, segments }: RoutePattern<unknown>): string =>
  segments.map((segment) => (isGreedy(segment) ? '2' : isParameter(segment) ? '1' : '0')).join('') +
  (method === 'ANY' ? '1' : '0');

const toPattern = <Route extends { readonly routeKey: string }>(route: Route): RoutePattern<Route> => {
  const [method = '', path = ''] = route.routeKey.split(' ');
  return { method, segments: split(path), route };
};

/**
 * Finds the route of a request as an HTTP API does: the most specific wins, `$default` takes what is left.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export const createRouteTable = <Route extends { readonly routeKey: string }>(routes: readonly Route[]) => {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const patterns = routes
    .filter((route) => route !== fallback)
    .map(toPattern)
    .sort((a, b) => (specificity(a) < specificity(b) ? -1 : 1));
  return (method: string, path: string): RouteMatch<Route> | undefined => {
    const segments = split(path);
    for (const pattern of patterns) {
      const pathParameters = matchSegments(pattern.segments, segments);
      const methodFits = pattern.method === 'ANY' || pattern.method === method;
      if (methodFits && pathParameters !== undefined) return { route: pattern.route, pathParameters };
    }
    return fallback === undefined ? undefined : { route: fallback, pathParameters: {} };
  };
};
