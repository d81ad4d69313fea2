import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DefinedPlugin } from '../../../plugins/contract.ts';
import { processContext } from '../../support/process-context.ts';
import { differenceOf } from '../../support/shortened.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
const pages = readdirSync(join(DOCS, 'plugins')).map((file) => readFileSync(join(DOCS, 'plugins', file), 'utf8'));

/** The block of JSON that follows an example's first mention on a page. */
const shownFor = (file: string): unknown => {
  const mention = `\`docs/examples/${file}\``;
  const page = pages.find((text) => text.includes(mention)) ?? '';
  const [, block] = /```json\n(.*?)```/s.exec(page.slice(page.indexOf(mention))) ?? [];
  return block === undefined ? undefined : JSON.parse(block);
};

test.each(readdirSync(join(DOCS, 'examples')))(
  '%s can be submitted as it is, and gives what its page shows',
  async (file) => {
    const { type, data } = JSON.parse(readFileSync(join(DOCS, 'examples', file), 'utf8'));
    const { default: plugin }: { default: DefinedPlugin } = await import(`../../../plugins/${type}/index.ts`);
    const now = () => new Date('2026-06-01T00:00:00Z');

    const output = await plugin.process(plugin.input.parse(data), processContext({ now }));

    const shown = shownFor(file);
    expect(shown).toBeDefined();
    expect(differenceOf(shown, JSON.parse(JSON.stringify(output)))).toBeUndefined();
  },
);
