import { expect, test } from 'vitest';
import { createRouteTable } from '../../../local/http-api/route-table.ts';

const ROUTES = [
  'GET /items',
  'GET /items/{id}',
  'ANY /items/{id}',
  'GET /items/special',
  'GET /files/{path+}',
  'GET /files/{folder}/index',
  'POST /{proxy+}',
];

const find = createRouteTable(ROUTES.map((routeKey) => ({ routeKey })));

test.each([
  ['GET', '/items', 'GET /items', {}],
  ['GET', '/items/7', 'GET /items/{id}', { id: '7' }],
  ['GET', '/items/a%2Fb%20c', 'GET /items/{id}', { id: 'a/b c' }],
  ['PUT', '/items/7', 'ANY /items/{id}', { id: '7' }],
  ['GET', '/items/special', 'GET /items/special', {}],
  ['GET', '/files/a/b/c', 'GET /files/{path+}', { path: 'a/b/c' }],
  ['GET', '/files/a/index', 'GET /files/{folder}/index', { folder: 'a' }],
  ['POST', '/anything/else', 'POST /{proxy+}', { proxy: 'anything/else' }],
  ['GET', '/items/%E0', 'GET /items/{id}', { id: '%E0' }],
])('%s %s goes to the most specific route, %s', (method, path, routeKey, pathParameters) => {
  expect(find(method, path)).toEqual({ route: { routeKey }, pathParameters });
});

test('what no route fits goes to $default, or nowhere', () => {
  const withDefault = createRouteTable([{ routeKey: 'GET /items' }, { routeKey: '$default' }]);

  expect(find('DELETE', '/nowhere')).toBeUndefined();
  expect(find('GET', '/items/')?.route.routeKey).toBe('GET /items/{id}');
  expect(withDefault('GET', '/other')).toEqual({ route: { routeKey: '$default' }, pathParameters: {} });
});
