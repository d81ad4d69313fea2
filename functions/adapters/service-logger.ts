import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import type { Logger } from '../core/ports.ts';

/** Structured logs, one JSON object a line; the service's name comes from POWERTOOLS_SERVICE_NAME. */
export const createServiceLogger = (level: 'debug' | 'info' | 'warn' | 'error'): Logger => {
  const levels = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;
  const logger = new PowertoolsLogger({ logLevel: levels[level] });
  return {
    debug: (message, details = {}) => logger.debug(message, details),
    info: (message, details = {}) => logger.info(message, details),
    warn: (message, details = {}) => logger.warn(message, details),
    error: (message, details = {}) => logger.error(message, details),
  };
};
