import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { KnownResource } from '../../../local/assembly/inventory.ts';
import { headersOfPolicy } from '../../../local/cloudfront/response-headers.ts';
import { createViewerFunction } from '../../../local/cloudfront/viewer-function.ts';
import { wildcard } from '../../../local/cloudfront/wildcard.ts';

const resource = (properties: Record<string, unknown>): KnownResource => ({
  logicalId: 'It',
  type: 'AWS::CloudFront::It',
  properties,
  identity: { ref: 'it', attributes: {} },
});

const request = (url: string): IncomingMessage =>
  Object.assign(new IncomingMessage(new Socket()), { url, method: 'GET' });

test.each([
  ['/api/*', '/api/a/b', true],
  ['/api/*', '/apis', false],
  ['*.js', 'a/b.js', true],
  ['a?c.html', 'abc.html', true],
  ['a.c', 'abc', false],
])('the pattern %s takes %s: %s', (pattern, text, taken) => {
  expect(wildcard(pattern).test(text)).toBe(taken);
});

test('a viewer function changes the path by what it is told of the request', () => {
  const code = `function handler(event) {
    var request = event.request;
    if (request.querystring.to) request.uri = '/' + request.querystring.to.value;
    return request;
  }`;
  const rewrite = createViewerFunction(resource({ FunctionCode: code }));

  expect(rewrite(request('/a?to=b'))).toBe('/b');
  expect(rewrite(request('/a'))).toBe('/a');
});

test('a policy of headers is sent whole, and one with a part that is not emulated stops the start', () => {
  const security = { ContentTypeOptions: { Override: true }, FrameOptions: { FrameOption: 'DENY' } };
  const custom = { Items: [{ Header: 'x-own', Value: '1' }] };
  const config = { SecurityHeadersConfig: security, CustomHeadersConfig: custom };

  expect(headersOfPolicy(resource({ ResponseHeadersPolicyConfig: config }))).toEqual({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-own': '1',
  });
  expect(() =>
    headersOfPolicy(resource({ ResponseHeadersPolicyConfig: { SecurityHeadersConfig: { XSSProtection: {} } } })),
  ).toThrow('It sets XSSProtection, which the local runtime does not emulate');
});
