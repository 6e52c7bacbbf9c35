import type { Octokit } from '@octokit/rest';
import { refusal } from '../../src/demo/exchange.ts';
import type { Meddling } from '../../src/demo/faults.ts';
import type { TickProgress, Twin } from '../../src/on-time/served-tick.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import { serveRepository } from '../../src/workflow/serve-repository.ts';
import type { RunningApp } from './harness.ts';

/*
 * What can happen to a tick, one repository each, all in one life: before GitHub's answers, the others' runs, and what
 * is left.
 */

export const NIGHTLY = '.github/workflows/nightly.yml';
export const CONFIG_PATH = '.github/offbeat.yml';

/** A case's repository, and what can be done there. */
export interface CaseHub {
  readonly app: RunningApp;
  readonly owner: string;
  readonly repo: string;
  readonly fullName: string;
  /** GitHub's own scheduler starts the workflow now. */
  githubComes(): Promise<void>;
  /** Something else runs: a list then shows what is newer than an earlier request. */
  somethingElseRuns(): Promise<void>;
  /** Somebody dispatches the workflow. */
  dispatchedBy(who: 'maintainer' | 'writer'): Promise<void>;
  /** Writes a file; nobody tells the App of it where `told` is false. */
  write(path: string, text: string, told?: boolean): Promise<void>;
  /** The installation is suspended: GitHub refuses all requests about it. A webhook tells of it where `told`. */
  suspend(told: boolean): void;
  unsuspend(told: boolean): void;
  /** What comes in the place of each list of runs from now on; `null`: nothing does. */
  listsAnswer(answer: Meddling | null): void;
  readonly as: Octokit;
}

/** Something that happens so many ms after the tick. */
type Event = readonly [afterMs: number, act: (hub: CaseHub) => Promise<void> | void];

export interface TickCase {
  readonly title: string;
  /** Lines of the configuration; `net: cron` where it is left out. */
  readonly rules?: string;
  readonly workflow?: string;
  /** What comes in the place of GitHub's answers to the first requests for a run. */
  readonly answers?: readonly Meddling[];
  /** What comes in the place of every answer until then, ms after the tick. */
  readonly answersUntil?: readonly [afterMs: number, answer: Meddling];
  readonly story?: readonly Event[];
  /** Two processes could do something twice, within `STORY_FOR_TWO_MS`: the suite drives it with two, too. */
  readonly forTwo?: boolean;
  /**
   * No webhook tells of its runs: GitHub refuses all requests for a while, and tables put what they cannot read off by
   * the wall clock.
   */
  readonly silent?: boolean;
  /** Requests for a run that GitHub has heard, as ms after the tick, each at most `laterMs` later. */
  readonly asked:
    | readonly number[]
    | { readonly last: number; readonly quiet: readonly [after: number, before: number] };
  /** 30 s where it is left out. */
  readonly laterMs?: number;
  /** Runs that the App has started. */
  readonly started: number;
  readonly left: {
    readonly state: TickProgress['state'];
    readonly why?: string;
    readonly sentence?: RegExp;
    readonly twin?: Twin['fate'];
  } | null;
  /** What the issue about failures says; none is open where it is left out. */
  readonly issue?: RegExp;
  /** The one alarm on record; there is none where it is left out. */
  readonly alarm?: RegExp;
  /** At most so many refused lists of runs and, while the installation was suspended, requests of any kind. */
  readonly refused?: number;
  /** Fate of GitHub's own runs. */
  readonly github?: readonly (string | null)[];
}

const JOBS = "jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: 'true'\n";

export function workflow(cron = '0 3 * * *', more = ''): string {
  return `on:\n  schedule:\n    - cron: '${cron}'\n  workflow_dispatch:\n${more}${JOBS}`;
}

/** The workflow with its schedule kept in comments, as a merged pull request has left it. */
function parked(more: string): string {
  const { files } = serveRepository(
    [{ path: NIGHTLY, text: workflow('0 3 * * *', more) }],
    [{ path: NIGHTLY, mode: 'punctual', net: 'none', inputs: {}, manualServes: false }],
    { appSlug: 'offbeat' },
  );
  const [file] = files;
  if (file === undefined) throw new Error('The schedule was not taken out.');
  return file.text;
}

const instead = (status: number, message: string, headers: Record<string, string> = {}): Meddling => ({
  kind: 'instead',
  answer: { ...refusal(status, message), headers },
});
/** GitHub does what was asked, and answers otherwise. */
const carriedOutBut = (status: number, message: string): Meddling => ({
  kind: 'garbled',
  status,
  text: JSON.stringify({ message }),
  contentType: 'application/json',
});
const accepted: Meddling = { kind: 'instead', answer: { status: 204, body: undefined } };
const neverHeard: Meddling = { kind: 'lost', how: 'reset', isCarriedOut: false };
/** It does not say whether a run was started, and is no failure, of which five in a row are taken for an outage. */
const oddAndLost: Meddling = { kind: 'instead', answer: { status: 200, body: {} } };
const condition = (state: 'active' | 'disabled_manually') => (hub: CaseHub) =>
  hub.app.emulated.actions.setWorkflow(hub.fullName, NIGHTLY, { state });
const stale = (staleTriggers: boolean) => (hub: CaseHub) =>
  hub.app.emulated.actions.setWorkflow(hub.fullName, NIGHTLY, { staleTriggers });
const pace =
  (given: Parameters<RunningApp['emulated']['actions']['pace']>[0]) =>
  (hub: CaseHub): void =>
    hub.app.emulated.actions.pace(given, hub.fullName);

/** A dispatcher sees within a minute that a webhook has lifted a hold. */
const LIFTED_WITHIN_MS = 90 * SECOND_MS;
const DONE = { state: 'done' } as const;
const BEFORE = -5 * MINUTE_MS;
/** GitHub's run of the day before: no later one can be meant for that day. */
const YESTERDAY: Event = [-8 * MINUTE_MS, (hub) => hub.githubComes()];

export const CASES: readonly TickCase[] = [
  { title: 'a calm tick is asked for once', asked: [0], started: 1, left: DONE, forTwo: true },
  {
    title: '500 though it was carried out: the run is found',
    forTwo: true,
    answers: [carriedOutBut(500, 'Failed to run workflow dispatch')],
    asked: [0],
    started: 1,
    left: DONE,
  },
  {
    title: 'an odd 200 without an id: the run is found',
    answers: [carriedOutBut(200, '')],
    asked: [0],
    started: 1,
    left: DONE,
  },
  {
    title: 'carried out and never answered: the run is found',
    answers: [{ kind: 'lost', how: 'reset', isCarriedOut: true }],
    asked: [0],
    started: 1,
    left: DONE,
  },
  {
    title: 'not heard, and the list shows nothing newer: not asked again',
    answers: [neverHeard],
    asked: [0],
    started: 0,
    left: { state: 'lost' },
    issue: /no run appeared/,
  },
  {
    title: 'not heard, and the list shows something newer: asked once more',
    forTwo: true,
    answers: [neverHeard],
    story: [[90 * SECOND_MS, (hub) => hub.somethingElseRuns()]],
    asked: [0, 90 * SECOND_MS],
    started: 1,
    left: DONE,
  },
  {
    title: 'twice not heard: never a third time',
    answers: [neverHeard, neverHeard],
    story: [
      [90 * SECOND_MS, (hub) => hub.somethingElseRuns()],
      [200 * SECOND_MS, (hub) => hub.somethingElseRuns()],
      [10 * MINUTE_MS, (hub) => hub.somethingElseRuns()],
    ],
    asked: [0, 90 * SECOND_MS],
    started: 0,
    left: { state: 'lost' },
    issue: /no run appeared/,
  },
  {
    title: 'accepted and never created: lost, told, not asked again',
    forTwo: true,
    answers: [accepted],
    story: [[90 * SECOND_MS, (hub) => hub.somethingElseRuns()]],
    asked: [0],
    started: 0,
    left: { state: 'lost' },
    issue: /no run appeared/,
  },
  {
    title: 'a limit that states its time is not known, and is looked up',
    silent: true,
    answers: [instead(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '60' })],
    asked: [0],
    started: 0,
    left: { state: 'lost' },
    issue: /no run appeared/,
  },
  {
    title: '401 of a new token: asked again a second later',
    answers: [instead(401, 'Bad credentials')],
    asked: [0, SECOND_MS],
    started: 1,
    left: DONE,
  },
  {
    title: '401 for longer says that nothing was started: asked again after a minute',
    silent: true,
    answersUntil: [30 * SECOND_MS, instead(401, 'Bad credentials')],
    asked: { last: 60 * SECOND_MS, quiet: [10 * SECOND_MS, 60 * SECOND_MS] },
    started: 1,
    left: DONE,
  },
  {
    title: 'an older server refuses the parameter: at once without it',
    answers: [instead(400, '"return_run_details" is not a permitted key.')],
    asked: [0, 1_000],
    started: 1,
    left: DONE,
  },
  ...(
    [
      [403, 'Repository was archived so is read-only.'],
      [403, 'Resource not accessible by integration'],
      [422, "Required input 'level' not provided"],
      [422, 'The event is not allowed by the policy of this organization.'],
      [403, 'The Actions policy of this organization does not allow it.'],
      [422, 'Unexpected inputs provided: ["level"]'],
    ] as const
  ).map(
    ([status, message]): TickCase => ({
      title: `${status} "${message}" is final, and told`,
      answers: [instead(status, message)],
      asked: [0],
      started: 0,
      left: { state: 'skipped', why: 'refused', sentence: new RegExp(message.slice(0, 12)) },
      issue: new RegExp(message.slice(0, 12)),
    }),
  ),
  {
    title: 'no trigger while the head has one: again after 10 min and 1 h, then it is known',
    story: [
      [BEFORE, stale(true)],
      [30 * MINUTE_MS, stale(false)],
    ],
    asked: [0, 10 * MINUTE_MS, 70 * MINUTE_MS],
    started: 1,
    left: DONE,
  },
  ...(
    [
      [404, 'Not Found'],
      [422, 'No ref found for: main'],
    ] as const
  ).map(
    ([status, message]): TickCase => ({
      title: `${status} "${message}" of a file that is at the head: again after 10 min`,
      answers: [instead(status, message)],
      asked: [0, 10 * MINUTE_MS],
      started: 1,
      left: DONE,
    }),
  ),
  {
    title: 'Actions are off until a run shows that they are on: asked for again then',
    answers: [instead(422, 'Actions has been disabled for this repository.')],
    story: [[20 * MINUTE_MS, (hub) => hub.somethingElseRuns()]],
    asked: [0, 20 * MINUTE_MS],
    started: 1,
    left: DONE,
    alarm: /Actions has been disabled/,
  },
  {
    title: 'no trigger for as long as it is caught up with: told with what to do',
    rules: 'net: cron\ncatch-up-within: 2h\n',
    story: [[BEFORE, stale(true)]],
    asked: [0, 10 * MINUTE_MS, 70 * MINUTE_MS],
    started: 0,
    left: { state: 'skipped', why: 'refused', sentence: /Edit its `on:`/ },
    issue: /Edit its `on:`/,
  },
  {
    title: 'a disabled workflow waits until it is active',
    forTwo: true,
    story: [
      [BEFORE, condition('disabled_manually')],
      [15 * MINUTE_MS, condition('active')],
    ],
    asked: [0, 10 * MINUTE_MS, 20 * MINUTE_MS],
    started: 1,
    left: DONE,
  },
  {
    title: 'Actions are off in the repository: asked for again after an hour',
    answers: [instead(422, 'Actions has been disabled for this repository.')],
    asked: [0, HOUR_MS],
    started: 1,
    left: DONE,
    alarm: /Actions has been disabled/,
  },
  {
    title: 'edited in between and not told: worked out anew at the call',
    forTwo: true,
    story: [[BEFORE, (hub) => hub.write(NIGHTLY, workflow('10 3 * * *'), false)]],
    asked: [10 * MINUTE_MS],
    started: 1,
    left: { state: 'skipped', why: 'held', sentence: /edited/ },
  },
  {
    title: 'a comment was edited in between: served all the same',
    story: [[BEFORE, (hub) => hub.write(NIGHTLY, `# nightly\n${workflow()}`, false)]],
    asked: [0],
    started: 1,
    left: DONE,
  },
  {
    title: 'switched off in between and not told: not asked',
    story: [
      [BEFORE, (hub) => hub.write(CONFIG_PATH, 'mode: suggest\n', false)],
      [BEFORE, (hub) => hub.write(NIGHTLY, `# off\n${workflow()}`, false)],
    ],
    asked: [],
    started: 0,
    left: { state: 'skipped', why: 'held' },
  },
  {
    title: 'observe mode says what it would have done',
    rules: 'net: cron\nmode: observe\n',
    asked: [],
    started: 0,
    left: { state: 'skipped', why: 'observed' },
  },
  {
    title: 'another App is to start them: watched only',
    rules: 'net: cron\non-time-by: another-app\n',
    asked: [],
    started: 0,
    left: { state: 'skipped', why: 'observed', sentence: /another-app/ },
  },
  {
    title: 'GitHub comes before the call: nothing is asked',
    story: [YESTERDAY, [-4 * SECOND_MS, (hub) => hub.githubComes()]],
    asked: [],
    started: 0,
    left: { state: 'skipped', why: 'github' },
    github: ['success', 'success'],
  },
  {
    title: 'a twin while the run is made is cancelled',
    forTwo: true,
    // Its fate is decided before its job begins, however long two processes take.
    story: [YESTERDAY, [BEFORE, pace({ queueMs: MINUTE_MS })], [SECOND_MS, (hub) => hub.githubComes()]],
    asked: [0],
    started: 1,
    left: { ...DONE, twin: 'cancelled' },
    github: ['success', 'cancelled'],
  },
  {
    title: 'a twin after it has ended is cancelled',
    story: [[24 * MINUTE_MS, (hub) => hub.githubComes()]],
    asked: [0],
    started: 1,
    left: { ...DONE, twin: 'cancelled' },
    github: ['cancelled'],
  },
  {
    title: 'a twin that has begun may end',
    story: [
      [MINUTE_MS, pace({ queueMs: 0, setUpMs: 0 })],
      [24 * MINUTE_MS, (hub) => hub.githubComes()],
    ],
    asked: [0],
    started: 1,
    left: { ...DONE, twin: 'left' },
    github: ['success'],
  },
  {
    title: 'a twin of a run that failed serves the tick',
    story: [
      [BEFORE, pace({ conclusion: 'failure' })],
      [20 * MINUTE_MS, pace({ conclusion: 'success' })],
      [24 * MINUTE_MS, (hub) => hub.githubComes()],
    ],
    asked: [0],
    started: 1,
    left: { state: 'failed', twin: 'adopted' },
    github: ['success'],
  },
  {
    title: 'a twin of a tick that was lost serves it',
    forTwo: true,
    answers: [accepted],
    story: [[24 * MINUTE_MS, (hub) => hub.githubComes()]],
    asked: [0],
    started: 0,
    left: { state: 'lost', twin: 'adopted' },
    github: ['success'],
  },
  {
    title: 'a person’s dispatch neither serves a tick nor is cancelled',
    story: [
      [-30 * SECOND_MS, (hub) => hub.dispatchedBy('writer')],
      [MINUTE_MS, (hub) => hub.dispatchedBy('writer')],
    ],
    asked: [0],
    started: 1,
    left: DONE,
  },
  {
    title: 'displaced while pending: failed, and told',
    forTwo: true,
    rules: 'net: none\n',
    workflow: parked('concurrency: { group: nightly }\n'),
    story: [
      [-30 * SECOND_MS, (hub) => hub.dispatchedBy('writer')],
      [20 * SECOND_MS, (hub) => hub.dispatchedBy('maintainer')],
    ],
    asked: [0],
    started: 1,
    left: { state: 'failed' },
    issue: /cancelled/,
  },
  {
    title: 'a run that failed is told',
    story: [[BEFORE, pace({ conclusion: 'timed_out' })]],
    asked: [0],
    started: 1,
    left: { state: 'failed' },
    issue: /ended with timed/,
  },
  {
    title: 'rescue asks for what GitHub has not started in time',
    rules: 'on-time: rescue\nrescue-after: 45m\n',
    asked: [45 * MINUTE_MS],
    started: 1,
    left: DONE,
  },
  {
    title: 'rescue asks for nothing where GitHub has come',
    rules: 'on-time: rescue\nrescue-after: 45m\n',
    story: [[40 * MINUTE_MS, (hub) => hub.githubComes()]],
    asked: [],
    started: 0,
    left: { state: 'skipped', why: 'github' },
    github: ['success'],
  },
  {
    title: 'rescue counts a person’s dispatch where it is said so',
    rules: 'on-time: rescue\nrescue-after: 45m\nmanual-serves: true\n',
    story: [[10 * MINUTE_MS, (hub) => hub.dispatchedBy('writer')]],
    asked: [],
    started: 0,
    left: { state: 'skipped', why: 'person' },
  },
  {
    title: 'suspended while two ticks come due: paused, told once, and the newer one is caught up with',
    forTwo: true,
    workflow: workflow('0,15 3 * * *'),
    story: [
      [BEFORE, (hub) => hub.suspend(true)],
      [20 * MINUTE_MS, (hub) => hub.unsuspend(true)],
    ],
    asked: [20 * MINUTE_MS],
    started: 1,
    left: { state: 'skipped', why: 'held', sentence: /suspended/ },
    alarm: /suspended/,
    laterMs: LIFTED_WITHIN_MS,
    refused: 8,
  },
  {
    title: 'suspended and back, and no webhook says so: asked for by the hourly look',
    story: [
      [BEFORE, (hub) => hub.suspend(false)],
      [20 * MINUTE_MS, (hub) => hub.unsuspend(false)],
    ],
    asked: [HOUR_MS],
    started: 1,
    left: DONE,
    alarm: /suspended/,
    laterMs: LIFTED_WITHIN_MS,
    refused: 8,
  },
  {
    title: 'suspended for hours: one look an hour, and no alarm but the first',
    story: [
      [BEFORE, (hub) => hub.suspend(false)],
      [130 * MINUTE_MS, (hub) => hub.unsuspend(true)],
    ],
    asked: [130 * MINUTE_MS],
    started: 1,
    left: DONE,
    alarm: /suspended/,
    laterMs: LIFTED_WITHIN_MS,
    refused: 6,
  },
  {
    title: 'suspended, and GitHub has come as soon as it is over: nothing is asked',
    story: [
      YESTERDAY,
      [BEFORE, (hub) => hub.suspend(true)],
      [20 * MINUTE_MS, (hub) => hub.unsuspend(false)],
      [20 * MINUTE_MS, (hub) => hub.githubComes()],
    ],
    asked: [],
    started: 0,
    left: { state: 'skipped', why: 'github' },
    github: ['success', 'success'],
    alarm: /suspended/,
    laterMs: LIFTED_WITHIN_MS,
    refused: 8,
  },
  {
    title: 'suspended while the answer is not known: the run is found afterwards',
    forTwo: true,
    answers: [carriedOutBut(200, '')],
    story: [
      [3 * SECOND_MS, (hub) => hub.suspend(true)],
      [20 * MINUTE_MS, (hub) => hub.unsuspend(true)],
    ],
    asked: [0],
    started: 1,
    left: DONE,
    alarm: /suspended/,
    laterMs: LIFTED_WITHIN_MS,
    refused: 8,
  },
  ...(
    [
      [403, 10 * MINUTE_MS],
      [404, 10 * MINUTE_MS],
      // GitHub is asked again at once, and each such wait is one of the whole App.
      [500, 40 * SECOND_MS],
    ] as const
  ).map(
    ([status, untilMs]): TickCase => ({
      title: `lists are ${status} while the answer is not known: not asked again, and the run is found`,
      silent: true,
      forTwo: status === 403,
      answers: [carriedOutBut(200, '')],
      story: [
        [0, (hub) => hub.listsAnswer(instead(status, 'Not Found'))],
        [untilMs / 2, (hub) => hub.somethingElseRuns()],
        [untilMs, (hub) => hub.listsAnswer(null)],
      ],
      asked: [0],
      started: 1,
      left: DONE,
      // Of each, three more follow at once.
      refused: status === 500 ? 20 : 8,
    }),
  ),
  {
    title: 'lists are 403 and the request was not heard: asked once more when a list says so',
    silent: true,
    answers: [oddAndLost],
    story: [
      [0, (hub) => hub.listsAnswer(instead(403, 'Resource not accessible by integration'))],
      [90 * SECOND_MS, (hub) => hub.somethingElseRuns()],
      [10 * MINUTE_MS, (hub) => hub.listsAnswer(null)],
    ],
    asked: [0, 10 * MINUTE_MS],
    // The next look.
    laterMs: 2 * MINUTE_MS,
    started: 1,
    left: DONE,
    refused: 4,
  },
  {
    title: 'lists are 403 until a newer tick was served: not asked again, and the newer one is',
    silent: true,
    workflow: workflow('0,15 3 * * *'),
    answers: [oddAndLost],
    story: [
      [0, (hub) => hub.listsAnswer(instead(403, 'Resource not accessible by integration'))],
      [90 * SECOND_MS, (hub) => hub.somethingElseRuns()],
      [25 * MINUTE_MS, (hub) => hub.listsAnswer(null)],
    ],
    asked: [0, 15 * MINUTE_MS],
    started: 1,
    left: { state: 'lost' },
    refused: 5,
  },
  {
    title: 'lists are 403 until it is too late: not asked again, and told',
    silent: true,
    rules: 'net: cron\ncatch-up-within: 20m\n',
    answers: [oddAndLost],
    story: [
      [0, (hub) => hub.listsAnswer(instead(403, 'Resource not accessible by integration'))],
      [90 * SECOND_MS, (hub) => hub.somethingElseRuns()],
      [25 * MINUTE_MS, (hub) => hub.listsAnswer(null)],
    ],
    asked: [0],
    started: 0,
    left: { state: 'lost' },
    refused: 5,
    issue: /no run appeared/,
  },
];

/** All of it is over by then. */
export const STORY_MS = 2.5 * HOUR_MS;
/** So are those for two: their processes look round every minute, and each look is a question to the database. */
export const STORY_FOR_TWO_MS = 30 * MINUTE_MS;
