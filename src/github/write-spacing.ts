/** GitHub asks for a second between writes (docs: "Best practices for using the REST API"). */
const BETWEEN_WRITES_MS = 1_000;

/** More between writes that notify people: GitHub limits content creation beyond the rate of requests. */
const BETWEEN_NOTIFICATIONS_MS = 3_000;

/** The part of a request that says whether it writes. `url` may be a template. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
}

function isWrite({ method }: SentRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** True for writes that GitHub limits by the hour: starting and cancelling runs makes no content. */
export function makesContent(request: SentRequest): boolean {
  return isWrite(request) && !/\/(?:dispatches|cancel)$/.test(request.url);
}

/** True for requests that make an issue, a pull request or a comment. */
function notifies({ method, url }: SentRequest): boolean {
  return method === 'POST' && /\/(?:issues|pulls|comments)$/.test(url);
}

/** Keeps the writes of one account apart. */
export class WriteSpacing {
  #nextWriteAt = 0;
  #nextNotificationAt = 0;

  /** Takes the next free moment for a request and returns the wait until then, in ms. `now` is ms of any clock. */
  reserve(request: SentRequest, now: number): number {
    if (!isWrite(request)) return 0;
    const at = Math.max(now, this.#nextWriteAt, notifies(request) ? this.#nextNotificationAt : 0);
    this.#nextWriteAt = at + BETWEEN_WRITES_MS;
    if (notifies(request)) this.#nextNotificationAt = at + BETWEEN_NOTIFICATIONS_MS;
    return at - now;
  }

  /** Ms until a write that notifies nobody may be sent; `now` is ms of the same clock. */
  waitMs(now: number): number {
    return Math.max(0, this.#nextWriteAt - now);
  }
}
