import type { z } from 'zod';
import { OffbeatError } from '../../errors.ts';
import { fieldsOf } from '../../operations/fields.ts';
import { inputProblems } from '../../operations/input-problems.ts';
import { inputFrom } from '../../operations/read-input.ts';
import { boundedBody } from '../shared/bounded-body.ts';
import type { Endpoint } from './endpoint.ts';
import { RequestRefused } from './problem.ts';

/** Largest body in bytes. The largest valid input is an export of what was learned, a few dozen kilobytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** Longest reason (characters). */
const MAX_REASON_LENGTH = 200;

/** Header in which a caller says why it changes something, for the audit. */
export const REASON_HEADER = 'audit-reason';

/** The validated input of a request. Throws `command-invalid` and `RequestRefused`. */
export async function readInput(endpoint: Endpoint, request: Request): Promise<unknown> {
  const raw = endpoint.method === 'GET' ? fromQuery(endpoint, request) : await fromBody(request);
  const checked = endpoint.input.safeParse(raw);
  if (!checked.success) throw invalid(checked.error, raw);
  return raw;
}

/** The reason that a caller gives; `null` where it gives none. */
export function readReason(request: Request): string | null {
  const text = request.headers.get(REASON_HEADER)?.trim() ?? '';
  return text === '' ? null : text.slice(0, MAX_REASON_LENGTH);
}

function fromQuery(endpoint: Endpoint, request: Request): Record<string, unknown> {
  const fields = fieldsOf(endpoint.input);
  const flags: Record<string, string | string[]> = {};
  const { searchParams } = new URL(request.url);
  for (const key of new Set(searchParams.keys())) {
    const field = fields.find(({ name }) => name === key);
    if (field === undefined) {
      throw new OffbeatError('command-invalid', `There is no parameter "${key.slice(0, 60)}" here.`, {
        fix:
          fields.length === 0 ? 'It takes none.' : `It takes ${fields.map(({ name }) => name).join(', ')}.`,
      });
    }
    const values = searchParams.getAll(key);
    flags[field.flag] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return inputFrom(
    { typedAs: endpoint.id, positionals: [], fields, example: `GET ${endpoint.path}` },
    { positionals: [], flags },
  );
}

async function fromBody(request: Request): Promise<unknown> {
  const bytes = await boundedBody(request, MAX_BODY_BYTES);
  if (bytes === null) throw new RequestRefused('too-large', `A body may hold ${MAX_BODY_BYTES} bytes.`);
  const text = bytes.toString('utf8');
  if (text.trim() === '') return {};
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new RequestRefused('not-json', 'Send a JSON object as application/json.');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new OffbeatError('command-invalid', 'The body is not JSON.');
  }
}

function invalid(error: z.ZodError, raw: unknown): OffbeatError {
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  return new OffbeatError('command-invalid', inputProblems(error.issues.slice(0, 1), raw), {
    ...(where === '' ? {} : { where }),
    fix: 'The description of the API, /api/v1/openapi.json, says what it takes.',
  });
}
