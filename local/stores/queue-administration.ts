import { randomUUID } from 'node:crypto';
import type { FauxqsStores, SqsQueue, SqsStore } from './fauxqs.ts';

/**
 * Actions of the SQS API that fauxqs lacks: those by which a dead-letter queue is emptied back into its source.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */

class SqsApiError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

interface MoveTask {
  readonly TaskHandle: string;
  readonly Status: 'COMPLETED';
  readonly SourceArn: string;
  readonly DestinationArn?: string;
  readonly ApproximateNumberOfMessagesMoved: number;
  readonly ApproximateNumberOfMessagesToMove: number;
  readonly StartedTimestamp: number;
}

const deadLetterTargetOf = ({ attributes }: SqsQueue): string | undefined => {
  const policy = attributes['RedrivePolicy'];
  return policy === undefined || policy === '' ? undefined : JSON.parse(policy).deadLetterTargetArn;
};

const sourcesOf = (store: SqsStore, deadLetters: SqsQueue): SqsQueue[] =>
  [...store.allQueues()].filter((queue) => deadLetterTargetOf(queue) === deadLetters.arn);

const queueByArn = (store: SqsStore, arn: unknown): SqsQueue => {
  const queue = store.getQueueByArn(String(arn));
  if (queue !== undefined) return queue;
  throw new SqsApiError('ResourceNotFoundException', 'The resource that you specified for the ARN does not exist.');
};

/** A message goes to the queue it came from; fauxqs does not record that, so a queue must have one source. */
const destinationOf = (store: SqsStore, source: SqsQueue, destinationArn: unknown): SqsQueue => {
  if (destinationArn !== undefined) return queueByArn(store, destinationArn);
  const [first, ...others] = sourcesOf(store, source);
  if (first !== undefined && others.length === 0) return first;
  throw new SqsApiError(
    'InvalidParameterValue',
    first === undefined
      ? 'Source queue must be configured as a Dead Letter Queue.'
      : 'Several queues use this dead-letter queue; name the destination.',
  );
};

const moveAll = (source: SqsQueue, destination: SqsQueue): number => {
  source.processTimers();
  const moved = source.messages.splice(0);
  for (const message of moved) {
    source.persistence?.deleteMessage(message.messageId);
    const { approximateFirstReceiveTimestamp, ...fresh } = message;
    destination.enqueue({ ...fresh, approximateReceiveCount: 0 });
  }
  return moved.length;
};

type Action = (body: { readonly [name: string]: unknown }) => object;

const createActions = (store: SqsStore): { readonly [target: string]: Action } => {
  const tasks: MoveTask[] = [];
  return {
    'AmazonSQS.StartMessageMoveTask': ({ SourceArn, DestinationArn }) => {
      const source = queueByArn(store, SourceArn);
      const count = moveAll(source, destinationOf(store, source, DestinationArn));
      const TaskHandle = randomUUID();
      tasks.unshift({
        TaskHandle,
        Status: 'COMPLETED',
        SourceArn: source.arn,
        ...(DestinationArn === undefined ? {} : { DestinationArn: String(DestinationArn) }),
        ApproximateNumberOfMessagesMoved: count,
        ApproximateNumberOfMessagesToMove: count,
        StartedTimestamp: Date.now(),
      });
      return { TaskHandle };
    },
    'AmazonSQS.ListMessageMoveTasks': ({ SourceArn, MaxResults = 1 }) => ({
      Results: tasks.filter((task) => task.SourceArn === SourceArn).slice(0, Number(MaxResults)),
    }),
    'AmazonSQS.ListDeadLetterSourceQueues': ({ QueueUrl }) => {
      const queue = store.getQueue(String(QueueUrl));
      if (queue === undefined) throw new SqsApiError('QueueDoesNotExist', 'The specified queue does not exist.');
      return { queueUrls: sourcesOf(store, queue).map(({ url }) => url) };
    },
  };
};

/** Answers the missing actions ahead of fauxqs. */
export const addQueueAdministration = ({ app, sqs }: FauxqsStores): void => {
  const actions = createActions(sqs);
  app.addHook('preHandler', async (request, reply) => {
    const action = actions[String(request.headers['x-amz-target'])];
    if (action === undefined) return;
    reply.header('content-type', 'application/x-amz-json-1.0');
    try {
      await reply.send(JSON.stringify(action(request.body as { readonly [name: string]: unknown })));
    } catch (error) {
      if (!(error instanceof SqsApiError)) throw error;
      const body = { __type: `com.amazonaws.sqs#${error.type}`, message: error.message };
      await reply.code(400).header('x-amzn-query-error', `${error.type};Sender`).send(JSON.stringify(body));
    }
  });
};
