import { PAGEVIEW, type Session, type SessionEvent } from './sessions.ts';

/** What a visitor did, as one word: the page he saw, or the event and what it was done to. */
export const actionOf = ({ type, page, target }: SessionEvent): string => {
  if (type === PAGEVIEW) return page ?? PAGEVIEW;
  return target === undefined ? type : `${type} ${target}`;
};

/** A session's actions in order, one repeated at once counted once. */
const actionsOf = ({ events }: Session): string[] => {
  const actions: string[] = [];
  for (const event of events) {
    const action = actionOf(event);
    if (action !== actions.at(-1)) actions.push(action);
  }
  return actions;
};

/** Numbers the actions of all sessions, so that models may count them in arrays. */
export const encodeActions = (sessions: readonly Session[]): { names: readonly string[]; sequences: Int32Array[] } => {
  const codes = new Map<string, number>();
  const sequences = sessions.map((session) =>
    Int32Array.from(actionsOf(session), (action) => {
      const code = codes.get(action) ?? codes.size;
      codes.set(action, code);
      return code;
    }),
  );
  return { names: [...codes.keys()], sequences };
};
