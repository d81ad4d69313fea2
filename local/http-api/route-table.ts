/** A route key split up: `POST /api/result/{id}`. */
interface Route<Target> {
  readonly routeKey: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly target: Target;
}

export interface RouteMatch<Target> {
  readonly routeKey: string;
  readonly target: Target;
  readonly pathParameters: { readonly [name: string]: string };
}

const split = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

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
const specificity = ({ method, segments }: Route<unknown>): string =>
  segments.map((segment) => (isGreedy(segment) ? '2' : isParameter(segment) ? '1' : '0')).join('') +
  (method === 'ANY' ? '1' : '0');

/**
 * Finds the route of a request as an HTTP API does: the most specific wins, `$default` takes what is left.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export const createRouteTable = <Target>(routes: readonly { readonly routeKey: string; readonly target: Target }[]) => {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const ordered: Route<Target>[] = routes
    .filter(({ routeKey }) => routeKey !== '$default')
    .map(({ routeKey, target }) => {
      const [method = '', path = ''] = routeKey.split(' ');
      return { routeKey, method, segments: split(path), target };
    })
    .sort((a, b) => (specificity(a) < specificity(b) ? -1 : 1));
  return (method: string, path: string): RouteMatch<Target> | undefined => {
    const segments = split(path);
    for (const route of ordered) {
      const pathParameters = matchSegments(route.segments, segments);
      const methodFits = route.method === 'ANY' || route.method === method;
      if (methodFits && pathParameters !== undefined) {
        return { routeKey: route.routeKey, target: route.target, pathParameters };
      }
    }
    return fallback === undefined ? undefined : { ...fallback, pathParameters: {} };
  };
};
