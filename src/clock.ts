/** The only source of time: production passes the system's, the replay its own. */
export interface Clock {
  now(): number;
}

/** The machine's own time: sessions and codes use it also where the App runs on another clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** How a process waits for what it is to do. Each returns what calls it off. */
export interface Waits {
  later(act: () => void, ms: number): () => void;
  /** Does not keep the process alive. What `act` returns resolves when all of it is done. */
  every(act: () => Promise<void>, ms: number): () => void;
}

/** By the machine's own time. */
export const systemWaits: Waits = {
  later(act, ms) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  every(act, ms) {
    const timer = setInterval(() => void act(), ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};
