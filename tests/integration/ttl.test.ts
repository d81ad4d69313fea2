import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { takeInventory } from '../../local/assembly/inventory.ts';
import { readAssembly } from '../../local/assembly/read-assembly.ts';
import { sweepExpired } from '../../local/stores/time-to-live.ts';
import { startLocalStores } from '../support/local-stores.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

test('the sweep deletes what has expired, and nothing else', async () => {
  const table = takeInventory(readAssembly(inject('assemblyDir'))).find(
    'AWS::DynamoDB::Table',
    stores.connectionsTable,
  );
  const seconds = Math.floor(Date.now() / 1000);
  const items = { past: { N: String(seconds - 60) }, future: { N: String(seconds + 60) }, text: { S: '1' } };
  for (const [pk, expiresAt] of Object.entries(items)) {
    await stores.dynamodb.send(
      new PutItemCommand({ TableName: stores.connectionsTable, Item: { pk: { S: pk }, sk: { S: 'x' }, expiresAt } }),
    );
  }

  await sweepExpired(stores.dynamodb, table ?? expect.unreachable());

  const left = await Promise.all(
    Object.keys(items).map(async (pk) => {
      const Key = { pk: { S: pk }, sk: { S: 'x' } };
      return (await stores.dynamodb.send(new GetItemCommand({ TableName: stores.connectionsTable, Key }))).Item?.['pk']
        ?.S;
    }),
  );
  expect(left).toEqual([undefined, 'future', 'text']);
});
