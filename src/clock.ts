/** The only source of time: production passes the system's, the replay its own. */
export interface Clock {
  now(): number;
}

/** Has something done after so many ms; returns what calls it off. */
export type Later = (act: () => void, ms: number) => () => void;

/** By the machine's own time. */
export const systemLater: Later = (act, ms) => {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
};
