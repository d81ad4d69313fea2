import * as z from 'zod';
import type { DimensionValues } from '../../plugins/contract.ts';
import type { PluginManifest } from '../../plugins/manifest.ts';
import { AppError } from '../core/errors.ts';
import type { PluginResult } from '../core/ports.ts';
import { parseOrThrow } from '../core/validation.ts';

/** Values of one dimension an analysis may be found by; they are all stored with it. */
const MOST_DIMENSION_VALUES = 5_000;
const LONGEST_DIMENSION_VALUE = 256;
/** Bytes of JSON of all of them: they travel with each push and lie in one item with the result. */
const LARGEST_DIMENSIONS_BYTES = 256 * 1024;

const outputSchema = z.looseObject({
  insights: z.array(z.unknown(), { error: 'must be a list' }).default([]),
  patterns: z.array(z.unknown(), { error: 'must be a list' }).default([]),
  metrics: z.record(z.string(), z.unknown(), { error: 'must be an object' }).default({}),
});

/** @throws {AppError} `plugin.invalid_output`, naming the key. */
export const parseOutput = (json: string): PluginResult =>
  parseOrThrow(outputSchema, JSON.parse(json), { code: 'plugin.invalid_output', what: 'What process returned' });

const tooMany = (found: string): AppError =>
  new AppError('plugin.invalid_input', `One submission holds ${found}: split it`, {
    details: [{ field: 'data', message: `holds ${found}` }],
  });

/**
 * Keeps the dimensions the manifest declares, each value once.
 *
 * @throws {AppError} `plugin.invalid_input` when there are more values than an analysis can be found by.
 */
export const selectDimensions = (manifest: PluginManifest, values: DimensionValues): DimensionValues => {
  const declared = Object.entries(values).filter(([name]) => manifest.dimensions.includes(name));
  const selected = Object.fromEntries(
    declared.map(([name, all]) => {
      const distinct = [...new Set(all)].filter((value) => value.length <= LONGEST_DIMENSION_VALUE);
      if (distinct.length <= MOST_DIMENSION_VALUES) return [name, distinct];
      throw tooMany(`${distinct.length} different values of ${name}; at most ${MOST_DIMENSION_VALUES}`);
    }),
  );
  const bytes = Buffer.byteLength(JSON.stringify(selected));
  if (bytes <= LARGEST_DIMENSIONS_BYTES) return selected;
  throw tooMany(`${bytes} bytes of ${declared.map(([name]) => name).join(', ')}; at most ${LARGEST_DIMENSIONS_BYTES}`);
};
