/**
 * `fetch` that gives up when an answer is not there whole within `ms`. Without a bound a line that GitHub, or something
 * on the way, has forgotten holds its repository for minutes.
 */
export function fetchWithin(ms: number): typeof fetch {
  return (input, init) => {
    const late = AbortSignal.timeout(ms);
    const signal = init?.signal == null ? late : AbortSignal.any([init.signal, late]);
    return fetch(input, { ...init, signal });
  };
}
