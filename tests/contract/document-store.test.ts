import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createMemoryDocumentStore } from '../../functions/adapters/memory/memory-document-store.ts';
import { createS3DocumentStore } from '../../functions/adapters/s3-document-store.ts';
import type { DocumentStore } from '../../functions/core/ports.ts';
import { startLocalStores } from '../support/local-stores.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

const implementations: Record<string, () => DocumentStore> = {
  memory: createMemoryDocumentStore,
  s3: () => createS3DocumentStore(stores.bucket),
};

describe.each(Object.keys(implementations))('the document store (%s)', (name) => {
  const create = (): DocumentStore => implementations[name]?.() ?? expect.unreachable();

  test('gives back a document until it is deleted', async () => {
    const store = create();
    const key = `results/t/${randomUUID()}.json`;
    const document = { text: 'ü'.repeat(100_000) };

    expect(await store.get(key)).toBeUndefined();
    await store.put(key, JSON.stringify(document));
    expect(await store.get(key)).toEqual(document);
    await store.delete(key);
    expect(await store.get(key)).toBeUndefined();
  });

  test('makes a link that serves the whole document', async () => {
    const store = create();
    const key = `results/t/${randomUUID()}.json`;
    await store.put(key, '{"n":1}');

    const { url, expiresAt } = await store.link(key);

    expect(await (await fetch(url)).json()).toEqual({ n: 1 });
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  });
});
