import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import type { Assembly } from '../assembly/read-assembly.ts';
import { wildcard } from './wildcard.ts';

/** An object of a bucket that files of the assembly were deployed to. */
export interface DeployedFile {
  readonly body: Buffer;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string };
}

interface DeploymentProperties {
  readonly SourceObjectKeys: readonly string[];
  /** By source: texts that stand for values known only to the deployment. */
  readonly SourceMarkers?: readonly { readonly [marker: string]: string }[];
  readonly Exclude?: readonly string[];
  readonly Include?: readonly string[];
  readonly SystemMetadata?: { readonly [name: string]: string };
}

/** As `aws s3` guesses them from names. */
const CONTENT_TYPES: { readonly [extension: string]: string } = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/vnd.microsoft.icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

const matches = (patterns: readonly string[] | undefined, key: string): boolean =>
  patterns?.some((pattern) => wildcard(pattern).test(key)) === true;

const isDeployed = ({ Exclude, Include }: DeploymentProperties, key: string): boolean =>
  !matches(Exclude, key) || matches(Include, key);

const replaceMarkers = (body: Buffer, markers: { readonly [marker: string]: string }): Buffer => {
  const entries = Object.entries(markers);
  if (entries.length === 0) return body;
  return Buffer.from(entries.reduce((text, [marker, value]) => text.replaceAll(marker, value), body.toString()));
};

const readWithin = async (folder: string, key: string): Promise<Buffer | undefined> => {
  const file = join(folder, key);
  return file.startsWith(folder + sep) ? readFile(file).catch(() => undefined) : undefined;
};

const readFrom = async (
  { properties }: KnownResource,
  { assetFolders }: Assembly,
  key: string,
): Promise<DeployedFile | undefined> => {
  const deployment = properties as unknown as DeploymentProperties;
  if (!isDeployed(deployment, key)) return undefined;
  for (const [index, objectKey] of [...deployment.SourceObjectKeys.entries()].reverse()) {
    const folder = assetFolders.get(objectKey);
    const body = folder === undefined ? undefined : await readWithin(folder, key);
    if (body === undefined) continue;
    const contentType = CONTENT_TYPES[extname(key)] ?? 'binary/octet-stream';
    return {
      body: replaceMarkers(body, deployment.SourceMarkers?.[index] ?? {}),
      headers: { 'content-type': contentType, ...deployment.SystemMetadata },
    };
  }
  return undefined;
};

/**
 * Reads the objects that CDK's bucket deployments put into a bucket, from the assembly itself and whenever one is asked
 * for, so that a page that was built again is there at once.
 */
export const createDeployedFiles = (inventory: Inventory, assembly: Assembly, bucket: string) => {
  const deployments = inventory
    .ofType('Custom::CDKBucketDeployment')
    .filter(({ properties }) => properties['DestinationBucketName'] === bucket);
  return async (key: string): Promise<DeployedFile | undefined> => {
    for (const deployment of deployments.toReversed()) {
      const file = await readFrom(deployment, assembly, key);
      if (file !== undefined) return file;
    }
    return undefined;
  };
};
