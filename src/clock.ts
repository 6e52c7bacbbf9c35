/** The only source of time: production passes the system's, the replay its own. */
export interface Clock {
  now(): number;
}
