import * as z from 'zod';
import {
  type ActionDependencies,
  actionIdSchema,
  actionSchema,
  describeRefusal,
  performAction,
  type Reply,
} from './client-action.ts';
import { AppError } from './errors.ts';
import type { Logger } from './ports.ts';
import type { Connection } from './subscription.ts';
import { parseOrThrow } from './validation.ts';

const parseFrame = (frame: string): unknown => {
  try {
    return JSON.parse(frame);
  } catch (cause) {
    throw new AppError('request.malformed_json', 'A frame must be JSON', {
      details: [{ field: '(frame)', message: 'for example {"action":"subscribe","stream":"analytics"}' }],
      cause,
    });
  }
};

/** The id of a frame that is refused, so that its sender can tell which one it was. */
const idOf = (value: unknown): string | undefined => z.object({ id: actionIdSchema }).safeParse(value).data?.id;

/**
 * Answers one frame of the native WebSocket protocol. Every frame gets an answer: a bad one an `error` event that
 * names the field, and never an exception, because a handler that throws would cost the client its connection.
 *
 * @param connection what is known of the connection; undefined when it is closed
 */
export const answerMessage = async (
  dependencies: ActionDependencies & { readonly logger: Logger },
  connection: Connection | undefined,
  frame: string,
): Promise<Reply> => {
  let value: unknown;
  try {
    value = parseFrame(frame);
    return await performAction(dependencies, connection, parseOrThrow(actionSchema, value, { what: 'The frame' }));
  } catch (error) {
    if (!(error instanceof AppError)) {
      dependencies.logger.error('Frame failed', { connectionId: connection?.connectionId, error });
    }
    const id = idOf(value);
    return { event: 'error', ...(id === undefined ? {} : { id }), error: describeRefusal(error) };
  }
};
