import { z } from 'zod';
import { asDatabaseError } from '../../database/failure.ts';
import { type ErrorCode, OffbeatError } from '../../errors.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** A problem by RFC 9457. Programs tell problems apart by `code`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int().min(400).max(599),
  detail: z.string(),
  code: z.string(),
  /** The field, file or variable where it is. */
  where: z.string().optional(),
  /** What to do about it. */
  fix: z.string().optional(),
  request_id: z.string(),
});
export type Problem = z.infer<typeof Problem>;

interface Kind {
  readonly status: number;
  readonly title: string;
}

const BAD_REQUEST: Kind = { status: 400, title: 'The request cannot be understood' };
const UNAVAILABLE: Kind = { status: 503, title: 'Nothing can be kept at the moment' };
const INTERNAL: Kind = { status: 500, title: 'Something went wrong here' };

/** Every problem that the API names, with its status and title: all errors, and faults in the request itself. */
export const PROBLEMS = {
  unauthenticated: { status: 401, title: 'A good token is needed' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  'permission-missing': { status: 403, title: 'The App may not do this' },
  'no-such-page': { status: 404, title: 'There is nothing here' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This cannot be done here' },
  'config-invalid': { status: 409, title: 'The repository’s configuration is not valid' },
  'workflow-refused': { status: 409, title: 'A workflow file is left alone' },
  'branch-taken': { status: 409, title: 'Somebody works on the branch of the proposals' },
  'edit-unproven': { status: 409, title: 'A workflow file cannot be changed for certain' },
  'confirmation-needed': { status: 409, title: 'This has to be confirmed' },
  'too-large': { status: 413, title: 'The body is too large' },
  'not-json': { status: 415, title: 'The body is not JSON' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'too-busy': { status: 429, title: 'Too much is asked for at once' },
  'command-invalid': BAD_REQUEST,
  'usage-invalid': BAD_REQUEST,
  'cron-invalid': BAD_REQUEST,
  'timezone-unknown': BAD_REQUEST,
  'directive-invalid': BAD_REQUEST,
  'payload-invalid': BAD_REQUEST,
  'github-busy': { status: 503, title: 'GitHub asks to wait' },
  'planning-cancelled': { status: 503, title: 'The plan was given up' },
  'planner-circuit-open': { status: 503, title: 'Planning is paused after failures' },
  'github-credentials': { status: 503, title: 'GitHub does not accept the App' },
  'github-not-yet': { status: 503, title: 'GitHub does not show this yet' },
  'github-refused': { status: 502, title: 'GitHub has refused' },
  'github-unreachable': { status: 502, title: 'GitHub does not answer as it should' },
  'store-locked': UNAVAILABLE,
  'store-full': UNAVAILABLE,
  'store-failing': UNAVAILABLE,
  'store-forbidden': UNAVAILABLE,
  'store-unreachable': UNAVAILABLE,
  'store-newer': UNAVAILABLE,
  'stop-unreadable': UNAVAILABLE,
  'queue-closed': UNAVAILABLE,
  'store-damaged': INTERNAL,
  'env-invalid': INTERNAL,
  internal: INTERNAL,
} satisfies Readonly<Record<ErrorCode, Kind> & Record<string, Kind>>;

type ProblemCode = keyof typeof PROBLEMS;
/** Codes of faults in the request itself. */
type RequestProblem = Exclude<ProblemCode, ErrorCode>;

export class RequestRefused extends Error {
  readonly code: RequestProblem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: RequestProblem, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'RequestRefused';
    this.code = code;
    this.headers = headers;
  }
}

/** An error as a problem. The text of an unknown error is left out, since it may hold secrets. */
export function problemOf(thrown: unknown, requestId: string): Problem {
  const error = asDatabaseError(thrown);
  if (error instanceof OffbeatError) {
    return {
      ...problemWith(error.code, error.message, requestId),
      ...(error.publicWhere === undefined ? {} : { where: error.publicWhere }),
      ...(error.fix === undefined ? {} : { fix: error.fix }),
    };
  }
  if (error instanceof RequestRefused) return problemWith(error.code, error.message, requestId);
  if (isFromGitHub(error)) {
    return problemWith('github-unreachable', 'GitHub did not answer what was asked of it.', requestId);
  }
  return problemWith('internal', 'The log has more under this request’s id.', requestId);
}

/** The problem of a code, with its status and title. */
function problemWith(code: ProblemCode, detail: string, requestId: string): Problem {
  const { status, title } = PROBLEMS[code];
  return { type: `/api/v1/problems#${code}`, title, status, detail, code, request_id: requestId };
}

/** Octokit's errors carry the status of GitHub's answer. */
function isFromGitHub(error: unknown): boolean {
  return (
    error instanceof Error && 'status' in error && typeof error.status === 'number' && 'request' in error
  );
}
