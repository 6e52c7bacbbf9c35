/** Said of an answer that came from something on the way, or was cut on it: like any failure of a server it passes. */
const UNREADABLE_STATUS = 502;

/** The failure of an answer that should hold what nothing can be done without, and does not. */
export function unreadableAnswer(): Error {
  return Object.assign(new Error('GitHub’s answer cannot be read.'), { status: UNREADABLE_STATUS });
}
