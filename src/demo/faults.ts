import { type Answer, type Exchange, refusal } from './exchange.ts';
import { asJson, asList, textAt } from './json.ts';

/** A planted failure: the next `times` requests that match are answered with it. */
export interface Fault {
  readonly method?: string;
  readonly path: string | RegExp;
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly times?: number;
}

/** How an answer gets lost: nothing comes, the line is cut in its middle, or breaks before anything came. */
export type LostAnswer = 'no-answer' | 'half-closed' | 'reset';

/** What comes in the place of an answer. */
export type Meddling =
  /** The request is not carried out. */
  | { readonly kind: 'instead'; readonly answer: Answer }
  | { readonly kind: 'lost'; readonly how: LostAnswer; readonly isCarriedOut: boolean }
  /** The request is carried out and answered with this status (200 where none is given) and this text. */
  | {
      readonly kind: 'garbled';
      readonly text: string;
      readonly contentType: string;
      readonly status?: number;
    };

/** The installation's permissions that can be taken away at run time. */
export type Withheld = 'contents' | 'workflows' | 'pull_requests' | 'issues' | 'actions' | 'checks';

const WRITE_METHODS = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

const NEEDED: readonly (readonly [permission: Withheld, path: RegExp, writeOnly: boolean])[] = [
  ['contents', /^\/repos\/[^/]+\/[^/]+\/(git|contents)(\/|$)/, true],
  ['pull_requests', /^\/repos\/[^/]+\/[^/]+\/pulls(\/|$)/, true],
  ['issues', /^\/repos\/[^/]+\/[^/]+\/(issues|labels)(\/|$)/, true],
  ['checks', /^\/repos\/[^/]+\/[^/]+\/check-(runs|suites)(\/|$)/, true],
  ['actions', /^\/repos\/[^/]+\/[^/]+\/actions(\/|$)/, false],
];

const WORKFLOW_FILE = /^\.github\/workflows\//;

/** Failures on purpose: planted ones, and permissions that the installation lost. */
export class Faults {
  #planted: { readonly fault: Fault; left: number }[] = [];
  #toLose: { readonly how: LostAnswer; left: number } | undefined;
  #meddle: (exchange: Exchange) => Meddling | undefined = () => undefined;
  readonly #withheld = new Set<Withheld>();
  /** Trees and commits that change workflow files, by the sha; value: one of the files. */
  readonly #workflowObjects = new Map<string, string>();

  failNext(fault: Fault): void {
    this.#planted.push({ fault, left: fault.times ?? 1 });
  }

  /** The next `times` requests of installations are carried out and their answers lost. */
  loseAnswers(how: LostAnswer, times: number): void {
    this.#toLose = { how, left: times };
  }

  /** Asks `meddle` of each request of the App's what becomes of it; `undefined`: it is answered. */
  meddleWith(meddle: (exchange: Exchange) => Meddling | undefined): void {
    this.#meddle = meddle;
  }

  /** What comes in the place of the answer to this request; `undefined` where that arrives. */
  meddling(exchange: Exchange): Meddling | undefined {
    const { kind } = exchange.caller;
    if (kind === 'person') return undefined;
    if (this.#toLose === undefined || this.#toLose.left === 0 || kind !== 'installation')
      return this.#meddle(exchange);
    this.#toLose.left -= 1;
    return { kind: 'lost', how: this.#toLose.how, isCarriedOut: true };
  }

  withhold(permission: Withheld): void {
    this.#withheld.add(permission);
  }

  restore(permission: Withheld): void {
    this.#withheld.delete(permission);
  }

  /** The answer to give instead of asking the emulator; `undefined` where nothing is in the way. */
  intercept(exchange: Exchange): Answer | undefined {
    return this.#takePlanted(exchange) ?? this.#missingPermission(exchange);
  }

  /** Remembers which git objects change workflow files: the refusal comes when a ref is to point at them. */
  learn(exchange: Exchange, answer: Answer): void {
    if (exchange.method !== 'POST') return;
    const sha = textAt(answer.body, 'sha');
    if (exchange.path.endsWith('/git/trees')) {
      const file = asList(exchange.body.tree)
        .map((entry) => textAt(entry, 'path'))
        .find((path) => WORKFLOW_FILE.test(path));
      if (file !== undefined) this.#workflowObjects.set(sha, file);
    } else if (exchange.path.endsWith('/git/commits')) {
      const file = this.#workflowObjects.get(textAt(exchange.body, 'tree'));
      if (file !== undefined) this.#workflowObjects.set(sha, file);
    }
  }

  #takePlanted(exchange: Exchange): Answer | undefined {
    const hit = this.#planted.find(
      ({ fault }) =>
        (fault.method === undefined || fault.method === exchange.method) &&
        (typeof fault.path === 'string' ? exchange.path === fault.path : fault.path.test(exchange.path)),
    );
    if (hit === undefined) return undefined;
    hit.left -= 1;
    if (hit.left <= 0) this.#planted = this.#planted.filter((other) => other !== hit);
    const { status, body, headers } = hit.fault;
    const answer = body === undefined ? refusal(status, 'Planted failure') : { status, body };
    return headers === undefined ? answer : { ...answer, headers };
  }

  #missingPermission(exchange: Exchange): Answer | undefined {
    if (exchange.caller.kind === 'app') return this.#tokenRefusal(exchange);
    if (exchange.caller.kind !== 'installation') return undefined;
    const writes = WRITE_METHODS.has(exchange.method);
    const missing = NEEDED.some(
      ([permission, path, writeOnly]) =>
        this.#withheld.has(permission) && path.test(exchange.path) && (writes || !writeOnly),
    );
    if (missing) return refusal(403, 'Resource not accessible by integration');
    if (!this.#withheld.has('workflows') || !writes) return undefined;
    const file = this.#workflowFileOf(exchange);
    return file === undefined
      ? undefined
      : refusal(
          403,
          `refusing to allow a GitHub App to create or update workflow \`${file}\` without \`workflows\` permission`,
        );
  }

  /** No token is made with what the installation has lost. */
  #tokenRefusal({ method, path, body }: Exchange): Answer | undefined {
    if (method !== 'POST' || !path.endsWith('/access_tokens')) return undefined;
    const wanted = asJson(body.permissions);
    const isLost = [...this.#withheld].some(
      (name) => wanted[name] === 'write' || (name === 'actions' && wanted[name] !== undefined),
    );
    return isLost
      ? refusal(422, 'The permissions requested are not granted to this installation.')
      : undefined;
  }

  #workflowFileOf(exchange: Exchange): string | undefined {
    const contents = /\/contents\/(.+)$/.exec(exchange.path)?.[1];
    if (contents !== undefined) {
      const path = decodeURIComponent(contents);
      return WORKFLOW_FILE.test(path) ? path : undefined;
    }
    if (!/\/git\/refs(\/|$)/.test(exchange.path)) return undefined;
    return this.#workflowObjects.get(textAt(exchange.body, 'sha'));
  }
}
