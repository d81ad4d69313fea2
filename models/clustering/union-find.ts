/** Disjoint sets of 0 to n − 1, joined by size, with paths halved on the way. R. E. Tarjan, JACM 22 (1975). */
export interface UnionFind {
  /** The number that stands for the set of an element. */
  readonly find: (element: number) => number;
  /** Joins two sets, given by what stands for them; returns what stands for the union. */
  readonly join: (first: number, second: number) => number;
}

export const createUnionFind = (n: number): UnionFind => {
  const parents = Int32Array.from({ length: n }, (_, element) => element);
  const sizes = new Int32Array(n).fill(1);
  const find = (element: number): number => {
    let at = element;
    for (let parent = parents[at] ?? at; parent !== at; parent = parents[at] ?? at) {
      const grandparent = parents[parent] ?? parent;
      parents[at] = grandparent;
      at = grandparent;
    }
    return at;
  };
  const join = (first: number, second: number): number => {
    const [large, small] = (sizes[first] ?? 0) >= (sizes[second] ?? 0) ? [first, second] : [second, first];
    parents[small] = large;
    sizes[large] = (sizes[large] ?? 0) + (sizes[small] ?? 0);
    return large;
  };
  return { find, join };
};
