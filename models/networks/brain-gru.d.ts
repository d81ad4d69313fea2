/** The part of brain.js 1.6.1 that is used: its own types name neither this file nor the weights. */
declare module 'brain.js/dist/recurrent/gru.js' {
  import type { Matrix, RecurrentNetwork, RecurrentOptions } from 'brain.js/dist/recurrent/rnn.js';

  export interface StoredMatrix {
    readonly rows: number;
    readonly columns: number;
    readonly weights: ArrayLike<number>;
  }

  /** Weights of one layer of gated units; a stored network has no other. */
  export interface StoredLayer {
    readonly updateGateInputMatrix: StoredMatrix;
    readonly updateGateHiddenMatrix: StoredMatrix;
    readonly updateGateBias: StoredMatrix;
    readonly resetGateInputMatrix: StoredMatrix;
    readonly resetGateHiddenMatrix: StoredMatrix;
    readonly resetGateBias: StoredMatrix;
    readonly cellWriteInputMatrix: StoredMatrix;
    readonly cellWriteHiddenMatrix: StoredMatrix;
    readonly cellWriteBias: StoredMatrix;
  }

  export interface StoredNetwork {
    readonly options: Readonly<Record<string, number | readonly number[]>>;
    readonly input: StoredMatrix;
    readonly hiddenLayers: readonly StoredLayer[];
    readonly outputConnector: StoredMatrix;
    readonly output: StoredMatrix;
  }

  type Layer = Readonly<Record<keyof StoredLayer, Matrix>>;

  declare class Gru implements RecurrentNetwork {
    constructor(options: { readonly json: StoredNetwork } | RecurrentOptions);
    readonly stepCache: Record<number, Float32Array>;
    readonly trainOpts: { learningRate: number };
    readonly model: Omit<RecurrentNetwork['model'], 'hiddenLayers'> & {
      /** What training adjusts. */
      allMatrices: readonly Matrix[];
      readonly hiddenLayers: readonly Layer[];
      readonly outputConnector: Matrix;
    };
    initialize(): void;
    bindEquation(): void;
    adjustWeights(): void;
    updateTrainingOptions(options: { readonly learningRate: number }): void;
    /** One step of gradient descent on a sequence of symbols. */
    trainPattern(sequence: ArrayLike<number>): void;
    toJSON(): StoredNetwork;
  }

  /** A CommonJS module compiled from an ES module: Node and the bundles give it whole, a test runner its default. */
  const module: { readonly default: typeof Gru } | typeof Gru;
  export default module;
}
