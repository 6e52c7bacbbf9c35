import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import { asDatabaseError } from '../../database/failure.ts';
import { type ErrorCode, OffbeatError } from '../../errors.ts';
import {
  type AppEvent,
  groupOf,
  isKnownEvent,
  isReadAction,
  parseEvent,
  payloadKeys,
  repositoryIdOf,
} from '../../events/payloads.ts';
import type { Log } from '../../log.ts';
import type { Job, Queue } from '../../queue/queue.ts';
import type { DeliveryOutcome } from '../../telemetry/metrics.ts';
import { type AddressOf, clientAddress } from '../shared/client-address.ts';
import type { Accepts } from '../shared/costly-questions.ts';
import { listenOn } from '../shared/listen-on.ts';
import { exceedsBounds } from './json-bounds.ts';
import { BodyRoom, MAX_BODY_BYTES, MEBIBYTE } from './read-body.ts';
import { refuse, respond } from './respond.ts';
import { isSignedBy, readSignature } from './signature.ts';

/** GitHub gives up after 10 s, so a slower sender is not GitHub. */
const REQUEST_TIMEOUT_MS = 15_000;
const HEADERS_TIMEOUT_MS = 5_000;
/** How often Node checks the two timeouts: with its default of 30 s, a timeout of 15 s could take 45 s. */
const TIMEOUTS_LOOKED_AT_MS = 2_000;
/** Longer than the idle time of common load balancers (60 s), so that they and not we close first. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** The `retry-after` header while the disk is full or the process drains. */
const RETRY_AFTER_SECONDS = '30';

/** Faults of this server that pass: the delivery was not accepted, and can be sent again. */
const UNAVAILABLE: ReadonlySet<ErrorCode> = new Set([
  'store-full',
  'store-failing',
  'store-forbidden',
  'store-unreachable',
  'store-locked',
  'queue-closed',
]);

const DELIVERY_ID = /^[\w.:-]{1,100}$/;
const EVENT_NAME = /^[a-z0-9_]{1,64}$/;

/**
 * Connections that may wait to be accepted. When this queue is full, the kernel drops new connections, and their
 * senders try again after one second and then three. With Node's default of 511, a thousand strangers that reconnect
 * would delay GitHub by that much.
 */
const BACKLOG = 4_096;

export const WEBHOOK_PATH = '/api/github/webhooks';

/** Another page of the same server. A path that ends in `/*` takes everything below it; the first match answers. */
export interface Route {
  readonly method: string | '*';
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

export interface FrontDoorOptions {
  /** The current secret, and the one being retired; a delivery may be signed with any of them. */
  readonly secrets: readonly string[];
  /** With `null` the server takes no webhooks and serves only `routes`. */
  readonly queue: Pick<Queue, 'accept' | 'reject'> | null;
  readonly routes: readonly Route[];
  readonly log: Log;
  readonly clock: Clock;
  readonly count?: (outcome: DeliveryOutcome, event: string) => void;
  /** The address that a request comes from; that of its connection where it is left out. */
  readonly addressOf?: AddressOf;
  /** Counts deliveries on their way into the queue. */
  readonly accepts?: Pick<Accepts, 'during'>;
}

const DEFAULTS = {
  count: () => undefined,
  addressOf: clientAddress([]),
  accepts: { during: (accept) => accept() },
} satisfies Partial<FrontDoorOptions>;

/**
 * The server that receives GitHub's webhooks. It refuses unsigned deliveries before it reads their bodies, and answers
 * 202 only when the delivery is stored in the queue. All other requests go to `routes`.
 */
export function createFrontDoor(options: FrontDoorOptions) {
  const { routes, log, queue } = options;
  const room = new BodyRoom();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (path === WEBHOOK_PATH && queue !== null)
      return receive({ ...DEFAULTS, ...options, queue }, room, request, response);
    const route = routes.find((each) => matches(each, request.method ?? 'GET', path));
    if (route === undefined) return respond(response, 404, { error: 'There is nothing here.' });
    await route.handle(request, response);
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'A request failed');
      if (response.headersSent) response.destroy();
      else refuse(response, 500, { error: 'Something went wrong here.' });
    });
  };
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUTS_LOOKED_AT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  });
  server.on('request', listener);
  // Otherwise Node invites the body before anybody has looked at the signature header.
  server.on('checkContinue', listener);

  return {
    server,
    /** Resolves with the port that was taken. */
    listen: (port: number, host: string): Promise<number> =>
      listenOn(server, { port, host, backlog: BACKLOG }),
    /** Takes no new connections and resolves when every request under way is answered. */
    drain: (): Promise<void> =>
      new Promise((resolve) => {
        if (!server.listening) return resolve();
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

export type FrontDoor = ReturnType<typeof createFrontDoor>;

function matches(route: Route, method: string, path: string): boolean {
  // Node sends no body in answer to HEAD.
  const asked = method === 'HEAD' ? 'GET' : method;
  if (route.method !== '*' && route.method !== asked) return false;
  return route.path.endsWith('/*') ? path.startsWith(route.path.slice(0, -1)) : path === route.path;
}

/** The options of a front door that takes webhooks. */
type Receiving = Required<FrontDoorOptions> & { readonly queue: NonNullable<FrontDoorOptions['queue']> };

/** The answer to a refused delivery, and the outcome under which it is counted. */
interface Refusal {
  readonly status: number;
  readonly error: string;
  /** `null` for a request that is no delivery and is not counted. */
  readonly outcome: DeliveryOutcome | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The facts in the headers of a delivery. */
interface Head {
  readonly signature: Buffer;
  readonly deliveryId: string;
  readonly event: string;
}

/** Handles one delivery: checks its headers, then its body and signature, and accepts it. */
async function receive(
  options: Receiving,
  room: BodyRoom,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuseFor = ({ status, error, outcome, headers }: Refusal): void => {
    if (outcome !== null) options.count(outcome, '');
    refuse(response, status, { error }, headers);
  };
  const head = readHead(request);
  if ('status' in head) return refuseFor(head);
  if (request.headers.expect !== undefined) response.writeContinue();

  const address = options.addressOf(request);
  const body = await room.read(request, address);
  if (body.kind === 'aborted') return;
  if (body.kind !== 'whole') return refuseFor(BODY_REFUSALS[body.kind]);
  if (!isSignedBy(options.secrets, body.bytes, head.signature)) {
    room.failed(address, body.bytes.length);
    return refuseFor(WRONG_SIGNATURE);
  }
  await acceptSigned(options, head, body.bytes, response);
}

/** The headers of a delivery, or why it is refused before its body is read. */
function readHead({ method, headers }: IncomingMessage): Head | Refusal {
  if (method !== 'POST') {
    return { status: 405, error: 'Webhooks are posted.', outcome: null, headers: { allow: 'POST' } };
  }
  const signature = readSignature(headers['x-hub-signature-256']);
  if (signature === undefined) {
    const error = 'The delivery is not signed. Set a webhook secret in the App.';
    return { status: 401, error, outcome: 'unsigned' };
  }
  const deliveryId = headers['x-github-delivery'];
  const event = headers['x-github-event'];
  if (!fits(deliveryId, DELIVERY_ID) || !fits(event, EVENT_NAME)) {
    const error = 'X-GitHub-Delivery or X-GitHub-Event is missing, or is not what GitHub sends.';
    return { status: 400, error, outcome: 'refused' };
  }
  if (!isJson(headers['content-type'])) {
    const error = 'Set the content type of the webhook to application/json.';
    return { status: 415, error, outcome: 'refused' };
  }
  return { signature, deliveryId, event };
}

function fits(header: string | readonly string[] | undefined, pattern: RegExp): header is string {
  return typeof header === 'string' && pattern.test(header);
}

const BODY_REFUSALS: Readonly<Record<'too-large' | 'dropped', Refusal>> = {
  'too-large': {
    status: 413,
    error: `The payload is larger than ${MAX_BODY_BYTES / MEBIBYTE} MiB, the most that GitHub sends.`,
    outcome: 'too-large',
  },
  dropped: {
    status: 503,
    error: 'There was no more room for a body without a checked signature.',
    outcome: 'dropped',
    headers: { 'retry-after': RETRY_AFTER_SECONDS },
  },
};

const WRONG_SIGNATURE: Refusal = {
  status: 401,
  error: 'The signature does not fit the payload. Compare the webhook secrets.',
  outcome: 'unsigned',
};

/** Puts a signed delivery into the queue, unless Offbeat does not handle such events. */
async function acceptSigned(
  options: Receiving,
  { deliveryId, event }: Head,
  bytes: Buffer,
  response: ServerResponse,
): Promise<void> {
  const ignore = (): void => {
    // The label stays empty: names that GitHub may invent must not become time series.
    options.count('ignored', '');
    respond(response, 202, { status: 'ignored' });
  };
  if (!isKnownEvent(event)) return ignore();
  try {
    const payload = parseJson(bytes);
    if (!isReadAction(event, payload)) return ignore();
    const job = readJob(deliveryId, parseEvent(event, payload), options.clock.now());
    const acceptance = await options.accepts.during(() => options.queue.accept(job));
    options.count(acceptance, event);
    respond(response, 202, { status: acceptance });
  } catch (error) {
    await answerFailure(options, { deliveryId, event, response, error });
  }
}

/**
 * Answers a delivery that could not be accepted: 422 for a payload that cannot be read, which is kept as a dead letter;
 * 503 where the fault is here and will pass. Throws any other error.
 */
async function answerFailure(
  options: Receiving,
  failed: Omit<Head, 'signature'> & { readonly response: ServerResponse; readonly error: unknown },
): Promise<void> {
  const { deliveryId, event, response } = failed;
  const error = asDatabaseError(failed.error);
  if (!(error instanceof OffbeatError)) throw error;
  if (error.code === 'payload-invalid') {
    try {
      await options.queue.reject({ deliveryId, event, reason: error.sentence });
    } catch (rejection) {
      // The dead letter could not be stored: the answer tells GitHub that the delivery failed.
      return answerFailure(options, { ...failed, error: rejection });
    }
    options.count('unreadable', event);
    options.log.warn({ deliveryId, event, where: error.where }, 'A delivery could not be read');
    return respond(response, 422, { error: error.message, where: error.where });
  }
  if (UNAVAILABLE.has(error.code)) {
    options.count('unavailable', event);
    options.log.error({ deliveryId, event, code: error.code }, 'A delivery could not be taken');
    return respond(response, 503, { error: error.message }, { 'retry-after': RETRY_AFTER_SECONDS });
  }
  throw error;
}

function readJob(deliveryId: string, event: AppEvent, now: number): Job {
  return {
    deliveryId,
    event: event.name,
    group: groupOf(event),
    repositoryId: repositoryIdOf(event),
    payload: event.payload,
    keys: [...payloadKeys(event)],
    acceptedAt: now,
  };
}

function parseJson(bytes: Buffer): unknown {
  if (exceedsBounds(bytes)) {
    throw new OffbeatError(
      'payload-invalid',
      'The payload has a longer string, or more values, than GitHub sends.',
      { where: 'body' },
    );
  }
  try {
    return JSON.parse(bytes.toString());
  } catch {
    // The parser's own message quotes the text, and payloads have no place in logs and answers.
    throw new OffbeatError('payload-invalid', 'The payload is not JSON.', { where: 'body' });
  }
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}
