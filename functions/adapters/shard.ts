/** FNV-1a, to spread ids over shards. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
};

export const shardOf = (id: string, shards: number): number => hash(id) % shards;
