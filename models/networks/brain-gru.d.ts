/** The part of brain.js 1.6.1 that is used: its own types name neither this file nor the weights. */
declare module 'brain.js/dist/recurrent/gru.js' {
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

  interface Layer extends Readonly<Record<keyof StoredLayer, object>> {}

  declare class Gru {
    constructor(options: { readonly json: StoredNetwork });
    readonly model: {
      /** What training adjusts. */
      allMatrices: readonly object[];
      readonly hiddenLayers: readonly Layer[];
      readonly outputConnector: object;
    };
    updateTrainingOptions(options: { readonly learningRate: number }): void;
    /** One step of gradient descent on a sequence of symbols. */
    trainPattern(sequence: ArrayLike<number>): void;
    toJSON(): StoredNetwork;
  }

  /** A CommonJS module compiled from an ES module: Node and the bundles give it whole, a test runner its default. */
  const module: { readonly default: typeof Gru } | typeof Gru;
  export default module;
}
