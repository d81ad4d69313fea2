import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import { createTokenBucket } from './token-bucket.ts';

interface RouteSettings {
  readonly ThrottlingRateLimit?: number;
  readonly ThrottlingBurstLimit?: number;
}

/** What an account allows an API whose stage sets no limit of its own. */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5_000;

/** Takes one request of a route, or says that there are too many. */
export type Throttle = (routeKey: string) => boolean;

/** The stage of an API; the runtime serves one of each API. */
export const stageOf = (inventory: Inventory, api: KnownResource): KnownResource | undefined =>
  inventory.ofType('AWS::ApiGatewayV2::Stage').find(({ properties }) => properties['ApiId'] === api.identity.ref);

/** The limits that a stage sets for all of its routes together and for single ones. */
export const createThrottle = (stage: KnownResource | undefined): Throttle => {
  const bucketOf = ({ ThrottlingRateLimit, ThrottlingBurstLimit }: RouteSettings) =>
    createTokenBucket(ThrottlingRateLimit ?? ACCOUNT_RATE, ThrottlingBurstLimit ?? ACCOUNT_BURST);
  const ofStage = bucketOf((stage?.properties['DefaultRouteSettings'] ?? {}) as RouteSettings);
  const settings = (stage?.properties['RouteSettings'] ?? {}) as { readonly [routeKey: string]: RouteSettings };
  const ofRoute = new Map(Object.entries(settings).map(([routeKey, route]) => [routeKey, bucketOf(route)]));
  return (routeKey) => (ofRoute.get(routeKey) ?? ofStage)();
};
