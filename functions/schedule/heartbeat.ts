import { scheduleHeartbeats } from '../core/keep-sockets.ts';
import { heartbeatDependencies } from '../dependencies/connections.ts';

const dependencies = heartbeatDependencies();

/** Every five minutes: has socket.io clients pinged, which hear nothing else of whether the service is there. */
export const handler = async (): Promise<void> => scheduleHeartbeats(dependencies);
