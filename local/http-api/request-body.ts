import type { IncomingMessage } from 'node:http';

const LARGEST_BODY_BYTES = 10 * 1024 * 1024;

/** @returns undefined when the body is larger than API Gateway takes */
export const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    // Read to its end all the same: a client that still sends would not see the answer.
    if (bytes <= LARGEST_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > LARGEST_BODY_BYTES ? undefined : Buffer.concat(chunks);
};
