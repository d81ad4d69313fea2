import { gunzipSync, gzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Below this many bytes compression costs more than the write units it saves. */
const SMALLEST_COMPRESSED_BYTES = 1024;

/** A document as an attribute, compressed: DynamoDB bills writes by the kilobyte. */
export const packDocument = (value: unknown): AttributeValue => {
  const json = JSON.stringify(value);
  return json.length < SMALLEST_COMPRESSED_BYTES ? { S: json } : { B: gzipSync(json) };
};

export const unpackDocument = (attribute: AttributeValue | undefined): object => {
  if (attribute?.B !== undefined) return JSON.parse(gunzipSync(attribute.B).toString('utf8'));
  return attribute?.S === undefined ? {} : JSON.parse(attribute.S);
};
