import { autoencoderSizes } from './autoencoder-sizes.ts';

/** Rows of about unit scale come back through a narrow layer: what does not follow the others comes back changed. */
export const autoencoderConfig = (features: number) => {
  const [, ...units] = autoencoderSizes(features);
  return {
    type: 'tensorflow',
    layers: units.map((size, index) => ({
      type: 'dense',
      units: size,
      activation: index < units.length - 1 ? 'tanh' : 'linear',
      ...(index === 0 ? { inputShape: [features] } : {}),
    })),
    optimizer: { name: 'adam', learningRate: 0.01 },
    loss: 'meanSquaredError',
  } as const;
};

/**
 * An autoencoder of sequences [steps × features]: N. Srivastava, E. Mansimov & R. Salakhutdinov, "Unsupervised learning
 * of video representations using LSTMs", ICML 2015.
 */
export const sequenceAutoencoderConfig = (steps: number, features: number, units = 16) =>
  ({
    type: 'tensorflow',
    layers: [
      { type: 'lstm', units, inputShape: [steps, features] },
      { type: 'repeatVector', n: steps },
      { type: 'lstm', units, returnSequences: true },
      { type: 'timeDistributed', layer: { type: 'dense', units: features } },
    ],
    optimizer: { name: 'adam', learningRate: 0.01 },
    loss: 'meanSquaredError',
  }) as const;

interface ForecasterSizes {
  readonly cell: 'lstm' | 'gru';
  /** Steps that are looked back on. */
  readonly window: number;
  readonly features: number;
  readonly horizon: number;
  readonly units?: number;
}

/** All steps of the horizon at once from a window [window × features]. */
export const forecasterConfig = ({ cell, window, features, horizon, units = 32 }: ForecasterSizes) =>
  ({
    type: 'tensorflow',
    layers: [
      { type: cell, units, inputShape: [window, features] },
      { type: 'dense', units: horizon * features },
    ],
    optimizer: { name: 'adam', learningRate: 0.005 },
    loss: 'meanSquaredError',
  }) as const;

const hiddenLayers = (features: number) =>
  [
    { type: 'dense', units: 32, activation: 'relu', inputShape: [features] },
    { type: 'dropout', rate: 0.1 },
    { type: 'dense', units: 16, activation: 'relu' },
  ] as const;

const optimizer = { name: 'adam', learningRate: 0.005 } as const;

/** Probability of class 1, or of each of more classes, from the features of a row. */
export const classifierConfig = (features: number, classes = 2) =>
  classes === 2
    ? ({
        type: 'tensorflow',
        layers: [...hiddenLayers(features), { type: 'dense', units: 1, activation: 'sigmoid' }],
        optimizer,
        loss: 'binaryCrossentropy',
      } as const)
    : ({
        type: 'tensorflow',
        layers: [...hiddenLayers(features), { type: 'dense', units: classes, activation: 'softmax' }],
        optimizer,
        loss: 'categoricalCrossentropy',
      } as const);

/** Numbers from the features of a row. */
export const regressorConfig = (features: number, targets = 1) =>
  ({
    type: 'tensorflow',
    layers: [...hiddenLayers(features), { type: 'dense', units: targets }],
    optimizer,
    loss: 'meanSquaredError',
  }) as const;
