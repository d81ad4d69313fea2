import * as z from 'zod';
import { type ActionDependencies, actionSchema, describeRefusal, performAction, type Reply } from './client-action.ts';
import { AppError } from './errors.ts';
import type { Logger } from './ports.ts';
import {
  acknowledgementFrame,
  type ClientPacket,
  connectErrorFrame,
  connectedFrame,
  eventFrame,
  pongFrame,
  readFrame,
} from './socket-io-packets.ts';
import type { Connection } from './subscription.ts';
import { parseOrThrow } from './validation.ts';

export interface SocketIoDependencies extends ActionDependencies {
  readonly logger: Logger;
}

type ConnectPacket = Extract<ClientPacket, { kind: 'connect' }>;
type EventPacket = Extract<ClientPacket, { kind: 'event' }>;

const handshakeSchema = z.object({ token: z.string().optional(), offset: z.string().max(64).optional() });
/** What the native protocol calls `authenticate`. */
const AUTHENTICATE = 'auth:authenticate';

/** `40{auth}`: the client waits for the answer before it sends anything else. */
const connect = async (
  dependencies: SocketIoDependencies,
  connection: Connection,
  { nsp, auth }: ConnectPacket,
): Promise<string> => {
  if (nsp !== '/') return connectErrorFrame(nsp, 'Invalid namespace', { expected: '/' });
  try {
    const { token, offset } = parseOrThrow(handshakeSchema, auth ?? {}, { what: 'The handshake' });
    const principal = token === undefined ? connection.principal : await dependencies.authenticate(token);
    if (offset !== undefined) {
      await dependencies.connections.open({ ...connection, ...(principal === undefined ? {} : { principal }), offset });
    }
    return connectedFrame(connection.connectionId);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return connectErrorFrame(nsp, error.message, describeRefusal(error));
  }
};

const perform = async (
  dependencies: SocketIoDependencies,
  connection: Connection,
  { event, args: [payload] }: EventPacket,
): Promise<Reply> => {
  const fields = z.record(z.string(), z.unknown()).optional().safeParse(payload);
  if (!fields.success) throw new AppError('request.invalid', `"${event}" takes an object`);
  const action = event === AUTHENTICATE ? 'authenticate' : event;
  const frame = { after: connection.offset, ...fields.data, action };
  const reply = await performAction(
    dependencies,
    connection,
    parseOrThrow(actionSchema, frame, { what: `"${event}"` }),
  );
  return event === AUTHENTICATE ? { ...reply, event: 'auth:authenticated' } : reply;
};

/** An event is answered by its acknowledgement when it asked for one, otherwise by an event. */
const answerEvent = async (
  dependencies: SocketIoDependencies,
  connection: Connection,
  packet: EventPacket,
): Promise<string> => {
  const { ackId } = packet;
  try {
    const { event, ...reply } = await perform(dependencies, connection, packet);
    return ackId === undefined
      ? eventFrame(event, reply)
      : acknowledgementFrame(ackId, { success: true, event, ...reply });
  } catch (error) {
    if (!(error instanceof AppError)) dependencies.logger.error('Event failed', { event: packet.event, error });
    const refusal = { success: false, error: describeRefusal(error) };
    return ackId === undefined ? eventFrame('error', refusal) : acknowledgementFrame(ackId, refusal);
  }
};

const answerPacket = async (
  dependencies: SocketIoDependencies,
  connection: Connection,
  packet: ClientPacket,
): Promise<string | undefined> => {
  switch (packet.kind) {
    case 'ping':
      return pongFrame(packet.data);
    case 'connect':
      return connect(dependencies, connection, packet);
    case 'disconnect':
      await dependencies.connections.close(connection.connectionId);
      return undefined;
    case 'event':
      return answerEvent(dependencies, connection, packet);
    case 'malformed': {
      const error = new AppError('request.invalid', `This frame could not be read: ${packet.reason}`);
      return eventFrame('error', { success: false, error: describeRefusal(error) });
    }
    case 'none':
      return undefined;
  }
};

/**
 * Answers one frame of a socket.io client: the frame to send back, or undefined when none is due. It never throws,
 * because a handler that throws would cost the client its connection.
 */
export const answerSocketIo = async (
  dependencies: SocketIoDependencies,
  connection: Connection,
  frame: string,
): Promise<string | undefined> => {
  try {
    return await answerPacket(dependencies, connection, readFrame(frame));
  } catch (error) {
    dependencies.logger.error('Frame failed', { connectionId: connection.connectionId, error });
    return eventFrame('error', { success: false, error: describeRefusal(error) });
  }
};
