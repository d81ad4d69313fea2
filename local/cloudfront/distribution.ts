import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { requestUrl } from '../api-gateway/request-url.ts';
import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import type { Assembly } from '../assembly/read-assembly.ts';
import type { RequestHandler } from '../http-api/http-api.ts';
import { RuntimeError } from '../settings.ts';
import { createDeployedFiles, type DeployedFile } from './deployed-files.ts';
import { headersOfPolicy } from './response-headers.ts';
import { createViewerFunction } from './viewer-function.ts';
import { wildcard } from './wildcard.ts';

interface BehaviorProperties {
  readonly PathPattern?: string;
  readonly TargetOriginId: string;
  readonly AllowedMethods?: readonly string[];
  readonly ResponseHeadersPolicyId?: string;
  readonly FunctionAssociations?: readonly { readonly EventType: string; readonly FunctionARN: string }[];
}

interface OriginProperties {
  readonly Id: string;
  readonly DomainName: string;
}

interface DistributionConfig {
  readonly DefaultRootObject?: string;
  readonly DefaultCacheBehavior: BehaviorProperties;
  readonly CacheBehaviors?: readonly BehaviorProperties[];
  readonly Origins: readonly OriginProperties[];
}

/** Keys of the configuration that mean something here, or nothing on one machine, where nothing is cached or encrypted. */
const KNOWN_KEYS: readonly string[] = [
  ...['CacheBehaviors', 'Comment', 'DefaultCacheBehavior', 'DefaultRootObject', 'Enabled', 'HttpVersion'],
  ...['IPV6Enabled', 'Origins', 'PriceClass', 'ViewerCertificate', 'WebACLId', 'Aliases', 'Logging'],
];
const KNOWN_BEHAVIOR_KEYS: readonly string[] = [
  ...['AllowedMethods', 'CachePolicyId', 'Compress', 'FunctionAssociations', 'OriginRequestPolicyId', 'PathPattern'],
  ...['ResponseHeadersPolicyId', 'TargetOriginId', 'ViewerProtocolPolicy'],
];

const checkKeys = (what: string, value: object, known: readonly string[]): void => {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new RuntimeError(`${what} has ${unknown}, which the local runtime does not emulate`);
};

const decode = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

const send = (request: IncomingMessage, response: ServerResponse, { body, headers }: DeployedFile): void => {
  const canZip = String(request.headers['accept-encoding'] ?? '').includes('gzip');
  const content = canZip ? gzipSync(body) : body;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('vary', 'accept-encoding');
  if (canZip) response.setHeader('content-encoding', 'gzip');
  response.setHeader('content-length', content.length);
  response.end(request.method === 'HEAD' ? undefined : content);
};

const refuse = (response: ServerResponse): void => {
  response.writeHead(403, { 'content-type': 'text/plain' }).end('Access denied: there is no such file\n');
};

/** What a distribution stands in front of, and what the page may be told of where it runs. */
export interface DistributionSurroundings {
  readonly inventory: Inventory;
  readonly assembly: Assembly;
  readonly httpApi: { readonly resource: KnownResource; readonly handle: RequestHandler };
  /** Replaces addresses of the deployed stack by those of this machine, for a client that came by the given host. */
  readonly localize: (text: string, host: string) => string;
}

type Respond = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

const fileOrigin = (
  { inventory, assembly, localize }: DistributionSurroundings,
  bucket: KnownResource,
  rootObject: string,
): Respond => {
  const find = createDeployedFiles(inventory, assembly, bucket.identity.ref);
  return async (request, response, path) => {
    const key = decode(path.slice(1)) || rootObject;
    const file = await find(key);
    if (file === undefined) return refuse(response);
    const host = request.headers.host ?? 'localhost';
    const isConfiguration = key.endsWith('.json');
    send(request, response, isConfiguration ? { ...file, body: Buffer.from(localize(String(file.body), host)) } : file);
  };
};

const originOf = (surroundings: DistributionSurroundings, config: DistributionConfig, id: string): Respond => {
  const { inventory, httpApi } = surroundings;
  const domain = config.Origins.find(({ Id }) => Id === id)?.DomainName;
  if (domain?.startsWith(`${httpApi.resource.identity.ref}.execute-api.`)) return httpApi.handle;
  const bucket = inventory
    .ofType('AWS::S3::Bucket')
    .find(({ identity }) => identity.attributes['RegionalDomainName'] === domain);
  if (bucket !== undefined) return fileOrigin(surroundings, bucket, config.DefaultRootObject ?? '');
  throw new RuntimeError(`The distribution's origin ${domain} is neither a bucket nor the HTTP API of this template`);
};

const viewerFunctionOf = (inventory: Inventory, { FunctionAssociations: associations = [] }: BehaviorProperties) => {
  const [association, ...others] = associations;
  if (association === undefined) return undefined;
  const resource = inventory
    .ofType('AWS::CloudFront::Function')
    .find(({ identity }) => identity.attributes['FunctionARN'] === association.FunctionARN);
  if (resource === undefined || others.length > 0 || association.EventType !== 'viewer-request') {
    throw new RuntimeError('The local runtime emulates one CloudFront function a behavior, on viewer requests');
  }
  return createViewerFunction(resource);
};

const createBehavior = (
  surroundings: DistributionSurroundings,
  config: DistributionConfig,
  behavior: BehaviorProperties,
) => {
  const { inventory, localize } = surroundings;
  checkKeys(`The behavior ${behavior.PathPattern ?? '(default)'}`, behavior, KNOWN_BEHAVIOR_KEYS);
  const respond = originOf(surroundings, config, behavior.TargetOriginId);
  const rewrite = viewerFunctionOf(inventory, behavior);
  const policy = inventory.find('AWS::CloudFront::ResponseHeadersPolicy', behavior.ResponseHeadersPolicyId);
  const headers = Object.entries(policy === undefined ? {} : headersOfPolicy(policy));
  const methods = behavior.AllowedMethods ?? ['GET', 'HEAD'];
  return {
    matches: wildcard(`/${(behavior.PathPattern ?? '*').replace(/^\//, '')}`),
    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
      if (!methods.includes(request.method ?? 'GET')) return refuse(response);
      const host = request.headers.host ?? 'localhost';
      for (const [name, value] of headers) response.setHeader(name, localize(value, host));
      await respond(request, response, rewrite?.(request) ?? requestUrl(request).pathname);
    },
  };
};

/**
 * A CloudFront distribution in front of files and the HTTP API: behaviors by path, viewer functions and response headers.
 * Nothing is cached.
 *
 * @throws {RuntimeError} on what is not emulated
 */
export const createDistribution = (
  surroundings: DistributionSurroundings,
  { properties }: KnownResource,
): RequestHandler => {
  const config = properties['DistributionConfig'] as DistributionConfig;
  checkKeys('The distribution', config, KNOWN_KEYS);
  const all = [...(config.CacheBehaviors ?? []), config.DefaultCacheBehavior];
  const behaviors = all.map((behavior) => createBehavior(surroundings, config, behavior));
  return async (request, response) => {
    const { pathname } = requestUrl(request);
    await behaviors.find(({ matches }) => matches.test(pathname))?.handle(request, response);
  };
};
