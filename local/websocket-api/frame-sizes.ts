/** Lengths that do not fit seven bits follow in two or eight bytes. */
const LENGTH_IN_TWO_BYTES = 126;
const LENGTH_IN_EIGHT_BYTES = 127;
const MASK_BYTES = 4;

/**
 * Reads frame headers out of a client's byte stream. API Gateway limits the size of a frame and not only that of a
 * message, which the WebSocket library hands over put together.
 *
 * @param onFrame receives the payload length in bytes of each frame as soon as its header has arrived
 * @see https://datatracker.ietf.org/doc/html/rfc6455#section-5.2
 */
export const createFrameSizeReader = (onFrame: (bytes: number) => void): ((chunk: Buffer) => void) => {
  let header = Buffer.alloc(0);
  let payloadLeft = 0;

  /** Bytes of the header that begins with these, or as many as are needed to know that. */
  const headerLength = (start: Buffer): number => {
    const second = start[1];
    if (second === undefined) return 2;
    const length = second & 0x7f;
    const extended = length === LENGTH_IN_TWO_BYTES ? 2 : length === LENGTH_IN_EIGHT_BYTES ? 8 : 0;
    return 2 + extended + (second & 0x80 ? MASK_BYTES : 0);
  };

  const payloadLength = (complete: Buffer): number => {
    const length = (complete[1] ?? 0) & 0x7f;
    if (length === LENGTH_IN_TWO_BYTES) return complete.readUInt16BE(2);
    return length === LENGTH_IN_EIGHT_BYTES ? Number(complete.readBigUInt64BE(2)) : length;
  };

  return (chunk) => {
    let rest = chunk;
    while (rest.length > 0) {
      if (payloadLeft > 0) {
        const skipped = Math.min(payloadLeft, rest.length);
        payloadLeft -= skipped;
        rest = rest.subarray(skipped);
        continue;
      }
      const missing = headerLength(header) - header.length;
      header = Buffer.concat([header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (header.length < headerLength(header)) continue;
      payloadLeft = payloadLength(header);
      header = Buffer.alloc(0);
      onFrame(payloadLeft);
    }
  };
};
