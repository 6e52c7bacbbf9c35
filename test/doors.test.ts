import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli/program.ts';
import { terminalGitHub } from '../src/cli/terminal-github.ts';
import { parseConfig } from '../src/config/parse.ts';
import { OffbeatError } from '../src/errors.ts';
import { createApi } from '../src/http/api/app.ts';
import { operationEndpoints } from '../src/http/api/operation-endpoints.ts';
import type { AnyOperation, Door } from '../src/operations/operation.ts';
import { inputFrom, splitFlags } from '../src/operations/read-input.ts';
import { findOperation, OPERATIONS } from '../src/operations/table.ts';
import { renderError } from '../src/render/notices.ts';
import { toMarkdown } from '../src/render/to-markdown.ts';
import { answerComment } from '../src/slash/answer.ts';
import { parseCommands } from '../src/slash/parse.ts';
import { openLowdbStore } from '../src/store/lowdb/lowdb-store.ts';
import type { Context } from '../src/usecases/context.ts';
import { observeRun } from '../src/usecases/learning/observe-run.ts';
import { FILES, keepingOutput, makeCheckout, NIGHTLY, NOW, remove } from './cli/checkout.ts';
import { sampleRun } from './history/sample-run.ts';
import { UNLIMITED } from './slash/unlimited.ts';
import { keepingLog } from './store/sample.ts';
import { SEEN } from './usecases/fakes.ts';

/*
 * Every operation is asked through every door that it is open to, each time on a copy of the same store, at the same
 * instant. Beside them stands the operation itself: the doors must say neither more nor less.
 */

const clock = { now: () => NOW };
const DAY_MS = 86_400_000;
const NAME = `${SEEN.owner}/${SEEN.name}`;
const ADMIN = { subject: 'mona', role: 'admin', repositories: ['*'] } as const;

let original: string;
let checkout: string;
const copies: string[] = [];

beforeAll(async () => {
  checkout = await makeCheckout(FILES);
  original = await mkdtemp(join(tmpdir(), 'offbeat-doors-'));
  await onStore(original, async (context) => {
    for (let day = 40; day > 0; day -= 1) {
      const at = new Date(NOW - day * DAY_MS).toISOString();
      await observeRun(context, SEEN, sampleRun(1_000 - day, at, { path: NIGHTLY, headSha: 'checkout' }));
    }
    await findOperation('optimize')?.answer({}, { context, repositoryId: SEEN.id, actor: null });
  });
});

afterAll(async () => {
  for (const directory of [original, checkout, ...copies]) await remove(directory);
});

async function onStore<T>(directory: string, work: (context: Context) => Promise<T>): Promise<T> {
  const store = await openLowdbStore({ directory, log: keepingLog(), clock });
  try {
    return await work({
      store,
      github: terminalGitHub(checkout, {}),
      clock,
      log: keepingLog(),
      emergencyStop: false,
      commands: [],
    });
  } finally {
    await store.close();
  }
}

async function copy(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-doors-'));
  copies.push(directory);
  await cp(original, directory, { recursive: true });
  return directory;
}

/** What came of asking: data, or the sentence of a refusal. */
type Outcome = { readonly data: unknown } | { readonly refused: string };

const words = (operation: AnyOperation) => parseCommands(operation.example)[0]?.words ?? [];

/** The input of an example that fits the repository of this test. */
function inputOf(operation: AnyOperation): Record<string, unknown> {
  const syntax = { ...operation, typedAs: operation.name };
  return inputFrom(syntax, splitFlags(syntax, words(operation)));
}

/** Who asked is all that may differ: a terminal knows no login. */
function comparable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) => (key === 'by' ? null : inner));
}

type Expected = Outcome & { readonly markdown: string };
const expectations = new Map<string, Promise<Expected>>();

/** What the operation says without any door; asked once. */
function itself(operation: AnyOperation): Promise<Expected> {
  const known = expectations.get(operation.name) ?? asked(operation);
  expectations.set(operation.name, known);
  return known;
}

async function asked(operation: AnyOperation): Promise<Expected> {
  return onStore(await copy(), async (context) => {
    try {
      const where = { context, repositoryId: SEEN.id, actor: 'mona' };
      const { data, document } = await operation.answer(inputOf(operation), where);
      return { data: comparable(data), markdown: toMarkdown(document) };
    } catch (error) {
      if (!(error instanceof OffbeatError)) throw error;
      return { refused: error.message, markdown: renderError(error) };
    }
  });
}

async function throughApi(operation: AnyOperation): Promise<Outcome> {
  return onStore(await copy(), async (context) => {
    const endpoints = operationEndpoints([operation], {
      contextFor: async () => context,
      lockRepository: (_id, work) => work(),
    });
    const app = createApi({
      endpoints,
      authenticate: async () => ADMIN,
      store: context.store,
      version: '0',
      clock,
      log: keepingLog(),
    });
    const [endpoint] = endpoints;
    const address = `/api/v1/repositories/${NAME}/${operation.name}`;
    const input = inputOf(operation);
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(input)) {
      for (const one of [value].flat()) query.append(name, String(one));
    }
    const response =
      endpoint?.method === 'GET'
        ? await app.request(`${address}?${query}`)
        : await app.request(address, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(input),
          });
    const body = (await response.json()) as { data?: unknown; detail?: string };
    return response.status === 200 ? { data: comparable(body.data) } : { refused: body.detail ?? '' };
  });
}

async function throughCli(operation: AnyOperation): Promise<Outcome> {
  const { output, out, err } = keepingOutput();
  const places = ['--data', await copy(), '--dir', checkout];
  const code = await runCli([operation.name, NAME, ...words(operation), ...places, '--json'], output, clock);
  return code === 0 ? { data: comparable(JSON.parse(out())) } : { refused: err() };
}

async function throughComment(operation: AnyOperation): Promise<string | null> {
  const answer = await onStore(await copy(), (context) =>
    answerComment(
      { body: operation.example, author: 'mona', authorIsBot: false },
      { context, repositoryId: SEEN.id },
      { permissionOf: async () => 'write', rules: async () => parseConfig('').commands },
      UNLIMITED,
    ),
  );
  return answer?.kind === 'said' ? answer.text : null;
}

const openTo = (door: Door) => OPERATIONS.filter(({ doors }) => doors.includes(door));
/** The command line has a help of its own. */
const OWN_COMMANDS = ['help'];

describe('the API answers what the operation itself does', () => {
  it.each(openTo('api'))('$name', async (operation) => {
    const { markdown: _, ...expected } = await itself(operation);
    expect(await throughApi(operation)).toEqual(expected);
  });
});

describe('the command line answers what the operation itself does', () => {
  it.each(openTo('cli').filter(({ name }) => !OWN_COMMANDS.includes(name)))('$name', async (operation) => {
    const expected = await itself(operation);
    const outcome = await throughCli(operation);
    if ('refused' in expected) {
      expect(outcome).toMatchObject({ refused: expect.stringContaining(expected.refused) });
    } else expect(outcome).toEqual({ data: expected.data });
  });
});

describe('a comment is answered with what the operation itself says', () => {
  it.each(openTo('slash'))('$name', async (operation) => {
    const { markdown } = await itself(operation);
    expect(await throughComment(operation)).toBe(markdown);
  });
});

it('every operation is open to somebody', () => {
  expect(OPERATIONS.filter(({ doors }) => doors.length === 0)).toEqual([]);
});

it('most of the table answers here, so that not only refusals are compared', async () => {
  const refused: string[] = [];
  for (const operation of OPERATIONS)
    if ('refused' in (await itself(operation))) refused.push(operation.name);
  expect(refused.length).toBeLessThan(OPERATIONS.length / 4);
});
