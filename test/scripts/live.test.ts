import { afterEach, describe, expect, it } from 'vitest';
import { FACTS } from '../../scripts/live/facts.ts';
import { Findings, tableOf } from '../../scripts/live/findings.ts';
import { type LiveReport, liveRun } from '../../scripts/live/live-run.ts';
import { firstFiles, MARK, SHORT, TICK, tickFile } from '../../scripts/live/workflows.ts';
import { leapingTime, type SettableClock, settableClock } from '../../src/demo/clock.ts';
import { type Emulated, PERMISSIONS, startEmulator } from '../../src/demo/emulator.ts';
import { at, textAt } from '../../src/demo/json.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { ContractWatch } from '../contract/contract-watch.ts';

const SECRET = 'secret-of-the-tests';
const REPOSITORY = 'octo-org/sandbox';
const FORBIDDEN = 'offbeat-live/frozen';
const README = { path: 'README.md', text: 'A sandbox.\n' };
const START = Date.parse('2026-11-02T10:20:30Z');
const RULE = 'Repository rule violations found\n\nCannot create ref due to creations being restricted.';

let emulated: Emulated;
let watch: ContractWatch;
let clock: SettableClock;
afterEach(async () => {
  await emulated.stop();
  watch.assertKept();
});

interface Sandbox {
  readonly files?: readonly { readonly path: string; readonly text: string }[];
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>;
  readonly stop?: AbortController;
  readonly onlyClean?: boolean;
  readonly forbiddenBranch?: string | null;
  readonly twinMinutes?: number;
  /** Called at each wait, after the clock has moved. */
  readonly onWait?: (now: number) => Promise<void>;
}

/** A live run against the emulated GitHub, in which no wait takes time. `behave` says how that GitHub behaves. */
async function live(behave: (github: Emulated) => void, sandbox: Sandbox = {}): Promise<LiveReport> {
  clock = settableClock(START);
  const { stop = new AbortController(), onWait = async () => undefined } = sandbox;
  watch = new ContractWatch();
  emulated = await startEmulator({
    observe: watch.observe,
    webhookSecret: SECRET,
    clock,
    repositories: [{ name: 'sandbox', files: sandbox.files ?? [README] }],
    permissions: sandbox.permissions ?? { ...PERMISSIONS, actions: 'write' },
  });
  behave(emulated);
  return liveRun({
    env: {
      appId: emulated.app.id,
      privateKey: emulated.app.privateKey,
      secrets: [SECRET],
      githubApiUrl: emulated.url,
    },
    name: { owner: 'octo-org', repo: 'sandbox' },
    forbiddenBranch: sandbox.forbiddenBranch ?? null,
    twinMinutes: sandbox.twinMinutes ?? 0,
    onlyClean: sandbox.onlyClean ?? false,
    time: {
      now: () => clock.now(),
      async wait(ms) {
        stop.signal.throwIfAborted();
        clock.set(clock.now() + ms);
        await onWait(clock.now());
      },
    },
    guardTime: leapingTime(),
    stop: stop.signal,
    say: () => undefined,
  });
}

/** Facts by their outcome. */
function outcomes({ findings }: LiveReport): Readonly<Record<string, string>> {
  return Object.fromEntries(findings.map(({ id, outcome }) => [id, outcome]));
}

async function read(path: string): Promise<unknown> {
  const response = await fetch(`${emulated.url}/repos/${REPOSITORY}${path}`, {
    headers: { authorization: `token ${emulated.people.maintainer.token}` },
  });
  return response.json();
}

/** How long a run that is asked to stop may take to. */
const STOPPED_AFTER_MS = 20_000;

/** The sandbox as people see it: what stands there beside the README. */
async function whatIsThere(): Promise<unknown> {
  clock.set(clock.now() + STOPPED_AFTER_MS);
  const workflows = at(await read('/contents/.github/workflows'), 'length') ?? 0;
  const branches = (await read('/branches')) as readonly unknown[];
  const pulls = (await read('/pulls?state=open')) as readonly unknown[];
  const going = emulated.actions.started.filter(({ phase }) => phase !== 'completed');
  return {
    workflows,
    branches: branches.map((branch) => textAt(branch, 'name')),
    pulls: pulls.length,
    going: going.length,
  };
}
const NOTHING = { workflows: 0, branches: ['main'], pulls: 0, going: 0 };

/** As GitHub is believed to be, with everything that may happen. */
function behaveAsBelieved(github: Emulated): void {
  github.actions.pace({ creationMs: -2_000, listLagMs: 6_000, queueMs: 60_000, durationMs: 20_000 });
  let isDenied = false;
  github.faults.meddleWith(({ method, path, body }) => {
    if (method === 'GET' && /sandbox\/commits\/[0-9a-f]{40}$/.test(path) && !isDenied) {
      isDenied = true;
      return { kind: 'instead', answer: { status: 404, body: { message: 'Not Found' } } };
    }
    const isForbidden =
      method === 'POST' && path.endsWith('/git/refs') && textAt(body, 'ref').endsWith(FORBIDDEN);
    return isForbidden ? { kind: 'instead', answer: { status: 422, body: { message: RULE } } } : undefined;
  });
}

describe('a live run', () => {
  it('confirms what GitHub does as believed, has a twin cancelled, and leaves nothing behind', async () => {
    let hasComeToo = false;
    const report = await live(behaveAsBelieved, {
      forbiddenBranch: FORBIDDEN,
      twinMinutes: 1,
      // GitHub's own scheduler comes for the tick as soon as Offbeat has served it.
      async onWait() {
        const served = emulated.actions.started.find(({ run }) => run.path === TICK);
        if (served === undefined || hasComeToo) return;
        hasComeToo = true;
        await emulated.actions.startByEvent(REPOSITORY, TICK, 'schedule', 'offbeat[bot]');
      },
    });
    expect(report.failures).toEqual([]);
    const { 'merged-cron-actor': actor, ...others } = outcomes(report);
    expect(others).toEqual(
      Object.fromEntries(
        FACTS.map(({ id }) => [id, 'confirmed']).filter(([id]) => id !== 'merged-cron-actor'),
      ),
    );
    expect(actor).toBe('not seen');
    expect(report.left).toEqual([]);
    expect(await whatIsThere()).toEqual(NOTHING);
  });

  it('tells a refuted fact as such, and goes on', async () => {
    const report = await live((github) => {
      github.faults.meddleWith(({ method, path, body }) => {
        const isUnknown = path.endsWith('/dispatches') && at(body, 'inputs', 'no-such-input') !== undefined;
        const isCancel = method === 'POST' && path.endsWith('/cancel');
        if (isUnknown) return { kind: 'instead', answer: { status: 204, body: undefined } };
        return isCancel ? { kind: 'instead', answer: { status: 500, body: { message: 'Oops' } } } : undefined;
      });
    });
    expect(report.failures).toEqual([]);
    expect(outcomes(report)).toMatchObject({
      'input-refused': 'refuted',
      'cancel-ended': 'refuted',
      'ref-refused': 'confirmed',
      'pending-replaced': 'confirmed',
      'twin-cancelled': 'not seen',
      'rule-refused': 'not seen',
    });
    const table = tableOf(report.findings, 100);
    expect(table).toMatch(/^refuted {4}An unknown input is refused with 422/m);
    expect(table).toContain('→ Answered with 204');
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('refutes nothing where the files could not be pushed', async () => {
    const report = await live((github) => github.faults.withhold('workflows'));
    expect(report.failures).toEqual([expect.stringMatching(/^When two workflow files are pushed: /)]);
    expect(new Set(Object.values(outcomes(report)))).toEqual(new Set(['not seen']));
    expect(report.left).toEqual([]);
    expect(await whatIsThere()).toEqual(NOTHING);
  });

  it('says how to clean up where GitHub does not answer at the end', async () => {
    const stop = new AbortController();
    const report = await live(() => undefined, {
      stop,
      async onWait() {
        stop.abort();
        emulated.faults.meddleWith(() => ({
          kind: 'instead',
          answer: { status: 401, body: { message: 'Bad credentials' } },
        }));
      },
    });
    expect(report.left).toEqual([expect.stringMatching(/everything that was made.*--clean/)]);
  });

  it('takes everything away when it is stopped in the middle', async () => {
    const stop = new AbortController();
    const report = await live(() => undefined, {
      stop,
      async onWait() {
        if (emulated.actions.started.length >= 3) stop.abort();
      },
    });
    expect(report.interrupted).toBe(true);
    expect(report.left).toEqual([]);
    expect(await whatIsThere()).toEqual(NOTHING);
  });

  it('takes away what an earlier one has left, and does nothing else when asked to only clean', async () => {
    const report = await live(() => undefined, {
      files: [README, { path: SHORT, text: `${MARK}\non: workflow_dispatch\n` }],
      onlyClean: true,
    });
    expect(report.left).toEqual([]);
    expect(await whatIsThere()).toEqual(NOTHING);
    expect(emulated.actions.started).toEqual([]);
  });

  it.each([
    [
      'a file of somebody else by its own name',
      { files: [{ path: SHORT, text: 'on: push\n' }] },
      /not made by this/,
    ],
    ['an installation that may start nothing', { permissions: PERMISSIONS }, /actions: write/],
    ['a forbidden branch that exists', { forbiddenBranch: 'main' }, /This branch exists/],
  ] as const)('writes nothing where there is %s', async (_what, sandbox, sentence) => {
    await expect(live(() => undefined, sandbox)).rejects.toThrow(sentence);
    const changes = emulated.writes.filter(({ path }) => !path.endsWith('/access_tokens'));
    expect(changes).toEqual([]);
  });
});

it.each([...firstFiles(START), tickFile(START)])('can read its own $path', (file) => {
  const { refusal, schedules, otherTriggers } = readWorkflowFile(file.path, file.text);
  expect(refusal).toBeUndefined();
  expect(schedules.map((schedule) => schedule.refusal)).toEqual([undefined]);
  expect(otherTriggers).toEqual(['workflow_dispatch']);
});

it('shows no control characters of what GitHub has said', () => {
  const findings = new Findings();
  findings.refute('proposal', 'a\u001b[2Jb\u202ec\nd');
  expect(findings.all.find(({ id }) => id === 'proposal')?.evidence).toBe('a [2Jb c d');
});
