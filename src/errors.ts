/** Every failure that Offbeat names: callers branch on the code, never on the text. */
export type ErrorCode =
  | 'cron-invalid'
  | 'timezone-unknown'
  | 'directive-invalid'
  | 'workflow-refused'
  | 'edit-unproven'
  | 'config-invalid'
  | 'payload-invalid'
  | 'command-invalid'
  | 'permission-missing'
  | 'branch-taken'
  | 'github-refused'
  | 'github-not-yet'
  | 'github-busy'
  | 'github-credentials'
  | 'github-unreachable'
  | 'planner-circuit-open'
  | 'planning-cancelled'
  | 'store-damaged'
  | 'store-locked'
  | 'store-full'
  | 'store-failing'
  | 'store-forbidden'
  | 'store-unreachable'
  | 'store-newer'
  | 'stop-unreadable'
  | 'too-busy'
  | 'queue-closed'
  | 'env-invalid'
  | 'usage-invalid'
  | 'not-found';

export interface ErrorDetails {
  /** Where it happened: a file with line and column, a field path, a variable's name. */
  readonly where?: string | undefined;
  /** How the reader mends it, as an instruction. */
  readonly fix?: string | undefined;
  readonly cause?: unknown;
  /** Where it is known when another try makes sense: in so many ms. */
  readonly retryAfterMs?: number | undefined;
}

/** The one error of the house: a code, a sentence for people, and apart from these the place and how to fix it. */
export class OffbeatError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly fix: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'OffbeatError';
    this.code = code;
    this.where = details.where;
    this.fix = details.fix;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** One paragraph: where, what, how to fix. */
  get sentence(): string {
    return this.#sentenceAt(this.where);
  }

  /** Where it happened, for anybody: faults of store, queue and environment lie at a path of the machine. */
  get publicWhere(): string | undefined {
    return /^(?:store|queue|env)-/.test(this.code) ? undefined : this.where;
  }

  /** The paragraph for anybody: without a path of the machine. */
  get publicSentence(): string {
    return this.#sentenceAt(this.publicWhere);
  }

  #sentenceAt(where: string | undefined): string {
    const place = where === undefined ? '' : `${where}: `;
    // A message of several lines has its remedy on a line of its own.
    const gap = this.message.endsWith('\n') ? '' : ' ';
    return `${place}${this.message}${this.fix === undefined ? '' : `${gap}${this.fix}`}`;
  }
}
