import { EventEmitter } from 'node:events';
import type { PluginEventBus } from '../../plugins/contract.ts';
import type { EmittedEvent } from '../core/analysis.ts';

/** Events one analysis may push beside its insights. */
const MOST_EVENTS = 100;

export interface RecordingEventBus extends PluginEventBus {
  /** Starts a new record and returns what the last one held. */
  takeEmitted(): EmittedEvent[];
}

/** A bus whose listeners live in the plugin, and which notes what is emitted so that it can be pushed to clients. */
export const createEventBus = (): RecordingEventBus => {
  const emitter = new EventEmitter();
  let emitted: EmittedEvent[] = [];
  const bus: RecordingEventBus = {
    emit(event, payload) {
      if (!/^[A-Za-z][\w:.-]{0,63}$/.test(event)) {
        throw new Error(`"${event}" cannot be an event's name: use letters, digits, ":", "." and "-", at most 64`);
      }
      if (emitted.length >= MOST_EVENTS) throw new Error(`An analysis may emit at most ${MOST_EVENTS} events`);
      // A copy, and JSON: what clients get is what the payload was at this moment.
      emitted.push({ event, payload: payload === undefined ? null : JSON.parse(JSON.stringify(payload)) });
      emitter.emit(event, payload);
      return true;
    },
    on(event, listener) {
      emitter.on(event, listener);
      return bus;
    },
    once(event, listener) {
      emitter.once(event, listener);
      return bus;
    },
    off(event, listener) {
      emitter.off(event, listener);
      return bus;
    },
    takeEmitted() {
      const taken = emitted;
      emitted = [];
      return taken;
    },
  };
  return bus;
};
