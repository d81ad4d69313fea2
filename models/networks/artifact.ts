import { createHash } from 'node:crypto';
import * as z from 'zod';

/** Bytes that are no artifact, or no longer the one that was written. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
}

/** Numbers of a network under a name, such as a layer's weights. */
export interface NamedWeights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Artifact {
  /** What the artifact is, such as `rows-network`; who reads it expects one kind. */
  readonly kind: string;
  /** Library and version that trained it. */
  readonly library: string;
  /** Configuration and whatever else the kind needs, as JSON. */
  readonly details: unknown;
  readonly weights: readonly NamedWeights[];
}

const MAGIC = 'AIAM';
const FORMAT = 1;
/** Magic, format, SHA-256 of all that follows, length of the header. */
const CHECKSUM_AT = 8;
const BODY_AT = 40;

const headerSchema = z.object({
  kind: z.string(),
  library: z.string(),
  details: z.unknown(),
  weights: z.array(z.object({ name: z.string(), shape: z.array(z.int().min(0)) })),
});

const checksumOf = (body: Uint8Array): Uint8Array => createHash('sha256').update(body).digest();

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/**
 * One artifact as bytes: a header of JSON, then the weights as 32-bit numbers, little-endian. The same artifact gives the
 * same bytes.
 */
export const encodeArtifact = ({ kind, library, details, weights }: Artifact): Uint8Array => {
  const names = weights.map(({ name, shape }) => ({ name, shape }));
  const header = Buffer.from(JSON.stringify({ kind, library, details, weights: names }));
  const count = weights.reduce((sum, { values }) => sum + values.length, 0);
  const bytes = Buffer.alloc(BODY_AT + 4 + header.length + 4 * count);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(FORMAT, 4);
  bytes.writeUInt32LE(header.length, BODY_AT);
  bytes.set(header, BODY_AT + 4);
  let at = BODY_AT + 4 + header.length;
  for (const { values } of weights) {
    for (const value of values) at = bytes.writeFloatLE(value, at);
  }
  bytes.set(checksumOf(bytes.subarray(BODY_AT)), CHECKSUM_AT);
  return bytes;
};

const readWeights = (
  bytes: Buffer,
  from: number,
  described: z.infer<typeof headerSchema>['weights'],
): NamedWeights[] => {
  let at = from;
  const weights = described.map(({ name, shape }) => {
    const values = new Float32Array(sizeOf(shape));
    if (at + 4 * values.length > bytes.length) throw new ArtifactError(`weights ${name} are cut off`);
    for (let k = 0; k < values.length; k += 1) values[k] = bytes.readFloatLE(at + 4 * k);
    at += 4 * values.length;
    return { name, shape, values };
  });
  if (at !== bytes.length) throw new ArtifactError('more weights than the header describes');
  return weights;
};

/**
 * Reads what `encodeArtifact` wrote.
 *
 * @param kind that is expected
 * @throws ArtifactError when the bytes are none, are of another format or kind, or their checksum is not right
 */
export const decodeArtifact = (data: Uint8Array, kind: string): Artifact => {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.length < BODY_AT + 4 || bytes.toString('latin1', 0, 4) !== MAGIC)
    throw new ArtifactError('these bytes are no model artifact');
  const format = bytes.readUInt32LE(4);
  if (format !== FORMAT) throw new ArtifactError(`format ${format} of model artifacts is not known, only ${FORMAT}`);
  const checksum = bytes.subarray(CHECKSUM_AT, BODY_AT);
  if (!checksum.equals(checksumOf(bytes.subarray(BODY_AT))))
    throw new ArtifactError('the checksum is not right: the artifact was changed or cut off');
  const weightsAt = BODY_AT + 4 + bytes.readUInt32LE(BODY_AT);
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', BODY_AT + 4, weightsAt)));
  if (header.kind !== kind) throw new ArtifactError(`an artifact of kind ${kind} was expected, not ${header.kind}`);
  return { ...header, details: header.details, weights: readWeights(bytes, weightsAt, header.weights) };
};

/** The weights under a prefix, which is taken off: how several groups travel in one artifact. */
export const weightsUnder = (prefix: string, weights: readonly NamedWeights[]): NamedWeights[] =>
  weights
    .filter(({ name }) => name.startsWith(`${prefix}/`))
    .map((weight) => ({ ...weight, name: weight.name.slice(prefix.length + 1) }));

/** Puts a prefix before the names of weights. */
export const prefixed = (prefix: string, weights: readonly NamedWeights[]): NamedWeights[] =>
  weights.map((weight) => ({ ...weight, name: `${prefix}/${weight.name}` }));
