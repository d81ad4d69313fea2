/** The parts of brain.js 1.6.1 that are used: its own types name neither these files nor the weights. */
declare module 'brain.js/dist/neural-network.js' {
  declare class NeuralNetwork {
    constructor(options: { readonly activation: string; readonly learningRate: number; readonly momentum: number });
    sizes: number[];
    /** [layer][node][input]; none of the input layer */
    readonly weights: readonly (readonly Float32Array[] | undefined)[];
    /** Last changes of the weights, for momentum. */
    readonly changes: readonly (readonly Float32Array[] | undefined)[];
    /** [layer][node]; none of the input layer */
    readonly biases: readonly (Float32Array | undefined)[];
    /** Makes weights for `sizes`. */
    initialize(): void;
    /** The array is the same each time. */
    runInput(input: Float32Array): Float32Array;
    /** One step of gradient descent; the mean squared error before it, when asked for. */
    trainPattern(
      value: { readonly input: Float32Array; readonly output: Float32Array },
      logErrorRate: boolean,
    ): number | null;
  }

  /** A CommonJS module compiled from an ES module: Node and the bundles give it whole, a test runner its default. */
  const module: { readonly default: typeof NeuralNetwork } | typeof NeuralNetwork;
  export default module;
}

declare module 'brain.js/dist/recurrent/rnn.js' {
  export interface Matrix {
    readonly rows: number;
    readonly columns: number;
    weights: Float32Array;
    deltas: Float32Array;
  }

  /** Hands the gradient of a product back to what it was made of; `right` is a row's number where one was taken. */
  export type Gradient = (product: Matrix, left: Matrix, right: Matrix & number) => void;

  /** One operation of a time step, and how its gradient is handed back. */
  export interface State {
    readonly left?: Matrix;
    readonly right?: (Matrix & number) | undefined;
    readonly product: Matrix;
    readonly forwardFn: object;
    backpropagationFn?: Gradient;
  }

  /** The operations of one time step. */
  export interface Equation {
    readonly states: readonly State[];
    /** Its output, before any softmax. */
    runIndex(row: number): Matrix;
    runInput(input: Float32Array): Matrix;
    backpropagate(): void;
    backpropagateIndex(row: number): void;
  }

  export interface RecurrentOptions {
    readonly inputSize: number;
    readonly inputRange: number;
    readonly outputSize: number;
    readonly hiddenLayers: readonly number[];
    readonly learningRate: number;
    readonly decayRate: number;
  }

  export interface RecurrentNetwork {
    readonly model: {
      /** Row of each symbol; none where the inputs are numbers. */
      readonly input: Matrix | null;
      /** Matrices of each layer under their names. */
      readonly hiddenLayers: readonly Readonly<Record<string, Matrix>>[];
      readonly outputConnector: Matrix;
      /** Biases of the outputs. */
      readonly output: Matrix;
      readonly equations: readonly Equation[];
    };
    /** Mean squares of the gradients by matrix, for RMSprop. */
    readonly stepCache: Record<number, Float32Array>;
    readonly trainOpts: { learningRate: number };
    initialize(): void;
    /** Adds a time step. */
    bindEquation(): void;
    adjustWeights(): void;
  }

  declare class Rnn implements RecurrentNetwork {
    constructor(options: RecurrentOptions);
    readonly model: RecurrentNetwork['model'];
    readonly stepCache: Record<number, Float32Array>;
    readonly trainOpts: { learningRate: number };
    initialize(): void;
    bindEquation(): void;
    adjustWeights(): void;
  }

  const module: { readonly default: typeof Rnn } | typeof Rnn;
  export default module;
}

declare module 'brain.js/dist/recurrent/lstm.js' {
  export { default } from 'brain.js/dist/recurrent/rnn.js';
}

declare module 'brain.js/dist/recurrent/lstm-time-step.js' {
  export { default } from 'brain.js/dist/recurrent/rnn.js';
}

declare module 'brain.js/dist/recurrent/matrix/add.js' {
  const module: { readonly default: object } | object;
  export default module;
}

declare module 'brain.js/dist/recurrent/matrix/multiply-element.js' {
  const module: { readonly default: object } | object;
  export default module;
}

declare module 'brain.js/dist/recurrent/matrix/row-pluck.js' {
  const module: { readonly default: object } | object;
  export default module;
}

declare module 'brain.js/dist/recurrent/matrix/clone-negative.js' {
  const module: { readonly default: object } | object;
  export default module;
}

declare module 'brain.js/dist/recurrent/matrix/multiply.js' {
  const module: { readonly default: object } | object;
  export default module;
}
