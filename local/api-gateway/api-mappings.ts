import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import { RuntimeError } from '../settings.ts';

const mappingsOf = (inventory: Inventory, api: KnownResource): KnownResource[] =>
  inventory
    .ofType('AWS::ApiGatewayV2::ApiMapping')
    .filter(({ properties }) => properties['ApiId'] === api.identity.ref);

/** The paths, such as `/socket.io`, that custom domains map to an API; the empty one is the root. */
export const mappedPaths = (inventory: Inventory, api: KnownResource): string[] =>
  mappingsOf(inventory, api).map(({ properties: { ApiMappingKey: key } }) => (key === undefined ? '' : `/${key}`));

/** @throws {RuntimeError} when an HTTP API is mapped at a part of a path, which its routes would be found behind. */
export const refuseMappedPaths = (inventory: Inventory, api: KnownResource): void => {
  const keyed = mappingsOf(inventory, api).find(({ properties }) => properties['ApiMappingKey'] !== undefined);
  if (keyed === undefined) return;
  throw new RuntimeError(`${keyed.logicalId} maps an HTTP API with an ApiMappingKey, which is not emulated`);
};
