// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation and API Gateway.
import { describe, expect, test } from 'vitest';
import { policyAllows } from '../../../local/api-gateway/policy.ts';
import { formatRequestTime } from '../../../local/api-gateway/request-time.ts';
import { createTokenBucket } from '../../../local/api-gateway/token-bucket.ts';
import { toAnswer } from '../../../local/http-api/proxy-response.ts';
import { createFrameSizeReader } from '../../../local/websocket-api/frame-sizes.ts';
import { selectRoute } from '../../../local/websocket-api/route-selection.ts';

test('a token bucket gives its burst at once, and then its rate', () => {
  let now = 0;
  const take = createTokenBucket(10, 2, () => now);

  const atOnce = [take(), take(), take()];
  now = 100;
  const later = [take(), take()];

  expect(atOnce).toEqual([true, true, false]);
  expect(later).toEqual([true, false]);
});

describe('an IAM policy', () => {
  const resource = 'arn:aws:execute-api:us-east-1:000000000000:api/prod/$connect';
  const allow = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource };
  const allows = (...statements: object[]) => policyAllows({ Statement: statements }, 'execute-api:Invoke', resource);

  test('allows what a statement names or its wildcards cover', () => {
    expect(allows(allow)).toBe(true);
    expect(allows({ ...allow, Action: ['execute-api:*'], Resource: ['arn:aws:execute-api:*:*:api/*/$connec?'] })).toBe(
      true,
    );
    expect(allows({ ...allow, Resource: 'arn:aws:execute-api:*:*:other/*' })).toBe(false);
  });

  test('denies by default, by a denial beside a permission, and where a condition is attached', () => {
    expect(allows()).toBe(false);
    expect(allows(allow, { ...allow, Effect: 'Deny', Resource: '*' })).toBe(false);
    expect(allows({ ...allow, Condition: { IpAddress: {} } })).toBe(false);
  });
});

test('a time is written as API Gateway writes it', () => {
  expect(formatRequestTime(new Date('2026-11-04T02:07:39Z'))).toBe('04/Nov/2026:02:07:39 +0000');
});

test.each([
  [{ statusCode: 204 }, 204, ''],
  [{ statusCode: '202', body: 'x' }, 202, 'x'],
  [{ statusCode: 42, body: 'x' }, 500, '{"message":"Internal Server Error"}'],
  [null, 200, 'null'],
  [[1, 2], 200, '[1,2]'],
  ['text', 200, 'text'],
])('%j becomes an answer', (payload, status, body) => {
  const answer = toAnswer(payload);

  expect([answer.status, answer.body.toString()]).toEqual([status, body]);
});

describe('frame sizes', () => {
  const frame = (bytes: number): Buffer => {
    const mask = Buffer.alloc(4);
    const payload = Buffer.alloc(bytes, 0xff);
    if (bytes < 126) return Buffer.concat([Buffer.from([0x81, 0x80 | bytes]), mask, payload]);
    const header = Buffer.alloc(bytes < 65_536 ? 4 : 10);
    header[0] = 0x81;
    header[1] = 0x80 | (bytes < 65_536 ? 126 : 127);
    if (bytes < 65_536) header.writeUInt16BE(bytes, 2);
    else header.writeBigUInt64BE(BigInt(bytes), 2);
    return Buffer.concat([header, mask, payload]);
  };
  const sizes = [0, 5, 125, 126, 40_000, 70_000, 1];
  const stream = Buffer.concat(sizes.map(frame));

  test.each([1, 3, 1000, stream.length])('are read whatever the bytes arrive by (%d at a time)', (step) => {
    const read: number[] = [];
    const take = createFrameSizeReader((bytes) => read.push(bytes));

    for (let at = 0; at < stream.length; at += step) take(stream.subarray(at, at + step));

    expect(read).toEqual(sizes);
  });
});

test.each([
  ['$request.body.action', '{"action":"subscribe"}', 'subscribe'],
  ['$request.body.message.kind', '{"message":{"kind":"x"}}', 'x'],
  ['${request.body.action}', '{"action":"subscribe"}', 'subscribe'],
  ['$request.body.action', '{"action":7}', undefined],
  ['$request.body.action', 'null', undefined],
  ['$request.body.action', 'not JSON', undefined],
])('%s selects of %s the route %s', (expression, message, route) => {
  expect(selectRoute(expression, message)).toBe(route);
});
