import * as z from 'zod';
import type { DimensionValues } from '../../plugins/contract.ts';
import type { PluginManifest } from '../../plugins/manifest.ts';
import { AppError } from '../core/errors.ts';
import type { PluginResult } from '../core/ports.ts';
import { parseOrThrow } from '../core/validation.ts';

/** Values of one dimension an analysis may be found by; they are all stored with it. */
const MOST_DIMENSION_VALUES = 5_000;
const LONGEST_DIMENSION_VALUE = 256;

const outputSchema = z.looseObject({
  insights: z.array(z.unknown(), { error: 'must be a list' }).default([]),
  patterns: z.array(z.unknown(), { error: 'must be a list' }).default([]),
  metrics: z.record(z.string(), z.unknown(), { error: 'must be an object' }).default({}),
});

/** @throws {AppError} `plugin.invalid_output`, naming the key. */
export const parseOutput = (json: string): PluginResult =>
  parseOrThrow(outputSchema, JSON.parse(json), { code: 'plugin.invalid_output', what: 'What process returned' });

/**
 * Keeps the dimensions the manifest declares, each value once.
 *
 * @throws {AppError} `plugin.invalid_input` when there are more values than an analysis can be found by.
 */
export const selectDimensions = (manifest: PluginManifest, values: DimensionValues): DimensionValues => {
  const declared = Object.entries(values).filter(([name]) => manifest.dimensions.includes(name));
  return Object.fromEntries(
    declared.map(([name, all]) => {
      const distinct = [...new Set(all)].filter((value) => value.length <= LONGEST_DIMENSION_VALUE);
      if (distinct.length <= MOST_DIMENSION_VALUES) return [name, distinct];
      const message = `${distinct.length} different values of ${name} in one submission; at most ${MOST_DIMENSION_VALUES}`;
      throw new AppError('plugin.invalid_input', `The data holds ${message}: split it`, {
        details: [{ field: 'data', message }],
      });
    }),
  );
};
