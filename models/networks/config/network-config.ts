import { parseBrainConfig } from './brain-config.ts';
import { NetworkConfigError, nearMiss } from './problems.ts';
import { parseTensorFlowConfig } from './tensorflow-config.ts';

export type NetworkConfig = ReturnType<typeof parseTensorFlowConfig> | ReturnType<typeof parseBrainConfig>;

const TYPES = ['tensorflow', 'brain'];

/**
 * A network as its configuration gives it, with defaults filled in.
 *
 * @throws NetworkConfigError with every problem found, each naming the layer and key and what was expected
 */
export const parseNetworkConfig = (value: unknown): NetworkConfig => {
  if (typeof value !== 'object' || value === null) throw new NetworkConfigError(['must be an object with a type']);
  const type: unknown = 'type' in value ? value.type : undefined;
  if (type === 'tensorflow') return parseTensorFlowConfig(value);
  if (type === 'brain') return parseBrainConfig(value);
  throw new NetworkConfigError([`type: must be one of ${TYPES.join(', ')}${nearMiss(String(type), TYPES)}`]);
};
