/** `fetch` that gives up when an answer is not whole within `ms`: a forgotten line would hold its repository. */
export function fetchWithin(ms: number): typeof fetch {
  return (input, init) => {
    const late = AbortSignal.timeout(ms);
    const signal = init?.signal == null ? late : AbortSignal.any([init.signal, late]);
    return fetch(input, { ...init, signal });
  };
}
