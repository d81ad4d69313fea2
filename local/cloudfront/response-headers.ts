import type { KnownResource } from '../assembly/inventory.ts';
import { RuntimeError } from '../settings.ts';

type Settings = { readonly [name: string]: unknown };
type Item = { readonly Header: string; readonly Value: string };

/** Each security header of a policy, by the part of the policy that sets it. */
const SECURITY_HEADERS: { readonly [part: string]: (settings: Settings) => readonly [string, string] } = {
  ContentSecurityPolicy: ({ ContentSecurityPolicy: policy }) => ['content-security-policy', String(policy)],
  ContentTypeOptions: () => ['x-content-type-options', 'nosniff'],
  FrameOptions: ({ FrameOption: option }) => ['x-frame-options', String(option)],
  ReferrerPolicy: ({ ReferrerPolicy: policy }) => ['referrer-policy', String(policy)],
  StrictTransportSecurity: ({ AccessControlMaxAgeSec: seconds }) => ['strict-transport-security', `max-age=${seconds}`],
};

/**
 * The headers that a CloudFront response headers policy adds.
 *
 * @throws {RuntimeError} on a part of the policy that is not emulated
 */
export const headersOfPolicy = ({ logicalId, properties }: KnownResource): { readonly [name: string]: string } => {
  const config = properties['ResponseHeadersPolicyConfig'] as Settings;
  const security = (config['SecurityHeadersConfig'] ?? {}) as { readonly [part: string]: Settings };
  const custom = (config['CustomHeadersConfig'] ?? {}) as { readonly Items?: readonly Item[] };
  const known = Object.entries(security).map(([part, settings]) => {
    const header = SECURITY_HEADERS[part];
    if (header === undefined)
      throw new RuntimeError(`${logicalId} sets ${part}, which the local runtime does not emulate`);
    return header(settings);
  });
  return Object.fromEntries([...known, ...(custom.Items ?? []).map(({ Header, Value }) => [Header, Value] as const)]);
};
