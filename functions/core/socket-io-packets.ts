import { decodePacket, type Packet as EnginePacket, encodePacket } from 'engine.io-parser';
import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser';

/**
 * The frames of socket.io 4: socket.io packets (protocol 5) in engine.io packets (protocol 4), text only.
 *
 * @see https://github.com/socketio/engine.io-protocol
 * @see https://github.com/socketio/socket.io-protocol
 */

/**
 * Milliseconds between two pings of ours, and how long a client waits in vain on top before it leaves. API Gateway
 * closes what was silent for ten minutes; a ping every five, and the answer to it, keep a connection open.
 */
const PING_INTERVAL_MS = 300_000;
const PING_TIMEOUT_MS = 300_000;
/** Characters a ping of a client may carry: `probe` is the only one there is. */
const LONGEST_PING = 64;
/** Largest frame API Gateway takes. */
const LARGEST_FRAME_BYTES = 32 * 1024;

export const PING_FRAME = '2';

const encodeEngine = (packet: EnginePacket): string => {
  let frame = '';
  // The callback is called at once: only binary data, of which there is none, is encoded later.
  encodePacket(packet, false, (encoded: string) => {
    frame = encoded;
  });
  return frame;
};

const encoder = new Encoder();

const encodePacketOf = (packet: Packet): string =>
  encodeEngine({ type: 'message', data: String(encoder.encode(packet)[0]) });

/** The first frame of a connection, by which engine.io tells its terms. */
export const openFrame = (sid: string): string =>
  encodeEngine({
    type: 'open',
    data: JSON.stringify({
      sid,
      upgrades: [],
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      maxPayload: LARGEST_FRAME_BYTES,
    }),
  });

export const pongFrame = (data: string | undefined): string =>
  encodeEngine({ type: 'pong', ...(data === undefined ? {} : { data }) });

export const connectedFrame = (sid: string): string =>
  encodePacketOf({ type: PacketType.CONNECT, nsp: '/', data: { sid } });

/** Refuses a namespace; the client emits it as `connect_error`, an Error with this message and data. */
export const connectErrorFrame = (nsp: string, message: string, data: unknown): string =>
  encodePacketOf({ type: PacketType.CONNECT_ERROR, nsp, data: { message, data } });

export const eventFrame = (event: string, ...args: readonly unknown[]): string =>
  encodePacketOf({ type: PacketType.EVENT, nsp: '/', data: [event, ...args] });

export const acknowledgementFrame = (id: number, value: unknown): string =>
  encodePacketOf({ type: PacketType.ACK, nsp: '/', id, data: [value] });

/** What a client's frame says, as far as it asks for an answer. */
export type ClientPacket =
  | { readonly kind: 'ping'; readonly data: string | undefined }
  | { readonly kind: 'connect'; readonly nsp: string; readonly auth: unknown }
  | { readonly kind: 'disconnect' }
  | {
      readonly kind: 'event';
      readonly event: string;
      readonly args: readonly unknown[];
      readonly ackId: number | undefined;
    }
  /** A frame that needs no answer: a pong, an acknowledgement, a farewell. */
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly reason: string };

const NONE: ClientPacket = { kind: 'none' };
const malformed = (reason: string): ClientPacket => ({ kind: 'malformed', reason });

/** One frame holds one packet: the attachments of a binary one would come in frames of their own. */
const decodeMessage = (message: string): Packet | undefined => {
  const decoder = new Decoder();
  let packet: Packet | undefined;
  decoder.on('decoded', (decoded) => {
    packet = decoded;
  });
  decoder.add(message);
  decoder.destroy();
  return packet;
};

const toClientPacket = ({ type, nsp, data, id }: Packet): ClientPacket => {
  if (type === PacketType.CONNECT) return { kind: 'connect', nsp, auth: data };
  if (nsp !== '/') return malformed('this service has the namespace "/" only');
  if (type === PacketType.DISCONNECT) return { kind: 'disconnect' };
  if (type !== PacketType.EVENT) return NONE;
  if (!Array.isArray(data) || typeof data[0] !== 'string') return malformed('an event must begin with its name');
  const [event, ...args] = data;
  return { kind: 'event', event, args, ackId: Number.isSafeInteger(id) ? id : undefined };
};

/** Reads a client's frame. Whatever it holds, this does not throw. */
export const readFrame = (frame: string): ClientPacket => {
  try {
    const { type, data } = decodePacket(frame);
    if (type === 'ping') {
      return String(data ?? '').length > LONGEST_PING ? malformed('a ping is short') : { kind: 'ping', data };
    }
    if (type === 'error') return malformed('not a packet of engine.io 4');
    if (type !== 'message') return NONE;
    if (typeof data !== 'string') return malformed('binary data is not taken');
    const packet = decodeMessage(data);
    return packet === undefined ? malformed('binary data is not taken') : toClientPacket(packet);
  } catch (error) {
    return malformed(error instanceof Error ? error.message : 'not a packet of socket.io 4');
  }
};
