import { scheduleHeartbeats } from '../core/keep-sockets.ts';
import { routeDependencies } from '../dependencies.ts';

const dependencies = routeDependencies();

/** Every five minutes: has socket.io clients pinged, which hear nothing else of whether the service is there. */
export const handler = async (): Promise<void> => scheduleHeartbeats(dependencies);
