import { answerMessage } from './answer-message.ts';
import { answerSocketIo, type SocketIoDependencies } from './answer-socket-io.ts';
import { describeRefusal } from './client-action.ts';

/** Frames of socket.io begin with a digit, those of the native protocol are JSON objects. */
const looksNative = (frame: string): boolean => frame.trimStart().startsWith('{');

/** The frame to send back for a client's frame, in the protocol its connection began with; undefined when none is due. */
export const answerFrame = async (
  dependencies: SocketIoDependencies,
  connectionId: string,
  frame: string,
): Promise<string | undefined> => {
  try {
    const connection = await dependencies.connections.get(connectionId);
    return connection?.protocol === 'socket.io'
      ? await answerSocketIo(dependencies, connection, frame)
      : JSON.stringify(await answerMessage(dependencies, connection, frame));
  } catch (error) {
    dependencies.logger.error('Frame could not be answered', { connectionId, error });
    // A socket.io client would leave over a frame that is not one of its own.
    return looksNative(frame) ? JSON.stringify({ event: 'error', error: describeRefusal(error) }) : undefined;
  }
};
