import { expect, test } from 'vitest';
import { mappedPaths, refuseMappedPaths } from '../../../local/api-gateway/api-mappings.ts';
import { type Inventory, takeInventory } from '../../../local/assembly/inventory.ts';

const inventoryOf = (keys: readonly (string | undefined)[]): Inventory => {
  const mappings = keys.map((ApiMappingKey, index) => [
    `Mapping${index}`,
    {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: { ApiId: { Ref: 'Api' }, DomainName: { Ref: 'Name' }, Stage: '$default', ApiMappingKey },
    },
  ]);
  return takeInventory({
    stackName: 'stack',
    templateFile: 'stack.template.json',
    template: {
      Resources: {
        Api: { Type: 'AWS::ApiGatewayV2::Api' },
        Other: { Type: 'AWS::ApiGatewayV2::Api' },
        Name: { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName: 'api.example.com' } },
        ...Object.fromEntries(mappings),
      },
    },
    assetFolders: new Map(),
  });
};

const api = (inventory: Inventory, id: string) =>
  inventory.find('AWS::ApiGatewayV2::Api', id) ?? expect.unreachable(`There is no ${id}`);

test('the paths of an API are those that its own mappings name, the root without a key', () => {
  const inventory = inventoryOf(['socket.io', undefined]);

  expect(mappedPaths(inventory, api(inventory, 'Api'))).toEqual(['/socket.io', '']);
  expect(mappedPaths(inventory, api(inventory, 'Other'))).toEqual([]);
});

test('an HTTP API may be mapped at the root and nowhere else', () => {
  const [root, keyed] = [inventoryOf([undefined]), inventoryOf(['v1'])];

  expect(() => refuseMappedPaths(root, api(root, 'Api'))).not.toThrow();
  expect(() => refuseMappedPaths(keyed, api(keyed, 'Api'))).toThrow('Mapping0 maps an HTTP API with an ApiMappingKey');
});
