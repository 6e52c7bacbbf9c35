import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../../src/demo/exchange.ts';
import type { Meddling } from '../../src/demo/faults.ts';
import { operationOf } from '../contract/github-contract.ts';
import { type RunningApp, resume, type Snapshot } from '../e2e/harness.ts';
import { checkAtEnd, checkPromptness, checkRefusals } from './checks.ts';
import { type Remains, remainsOf } from './remains.ts';
import { SimulatedTime } from './simulated-time.ts';
import type { Asked, Trouble } from './trouble.ts';
import { agendaOf, CALM_BEGINS, walkOptions, withStorage } from './world.ts';

/** One answer of GitHub's that was not what was asked for. */
export interface Troubled {
  readonly trouble: Trouble;
  readonly operation: string;
  readonly path: string;
  /** Epoch ms. */
  readonly at: number;
  /** Its place among all that was asked. */
  readonly place: number;
}

/** What came of one walk. */
export interface Walked {
  /** What did not hold, in sentences; none where everything did. */
  readonly broken: readonly string[];
  readonly troubled: readonly Troubled[];
  readonly remains: Remains;
  readonly asked: readonly Asked[];
  /** Deliveries that were given up, and put back by the operator afterwards. */
  readonly redriven: number;
}

/** The walk that all others are compared with is known as `usual`; it has none itself. */
export interface WalkOptions {
  readonly troubles: readonly Trouble[];
  readonly usual?: Pick<Walked, 'remains'>;
}

/** Lives ten days in which GitHub troubles the App, and two in which it does not, and checks what is left. */
export async function walk(snapshot: Snapshot, { troubles, usual }: WalkOptions): Promise<Walked> {
  const time = new SimulatedTime(snapshot.now);
  const step: Step = { time, troubles, troubled: [], asked: [], broken: [] };
  let left: { readonly remains: Remains; readonly redriven: number } | undefined;
  try {
    await resume(walkOptions(time), snapshot, async (app) => {
      const redriven = await liveThrough(app, step);
      left = { redriven, remains: await remainsOf(app) };
    });
  } catch (error) {
    // Requests that GitHub does not know are told at the very end.
    if (left === undefined) throw error;
    step.broken.push(String(error));
  } finally {
    time.end();
  }
  if (left === undefined) throw new Error('The walk ended without remains.');
  const { troubled, asked, broken } = step;
  if (usual !== undefined) broken.push(...checkAtEnd(left.remains, usual.remains, troubled));
  return { ...left, troubled, asked, broken: [...new Set(broken)] };
}

/** What is known on the way. */
interface Step {
  readonly time: SimulatedTime;
  readonly troubles: readonly Trouble[];
  readonly troubled: Troubled[];
  readonly asked: Asked[];
  readonly broken: string[];
}

/** Has everything happen in turn; returns how many deliveries were put back by the operator. */
async function liveThrough(app: RunningApp, step: Step): Promise<number> {
  const { time, troubles, broken } = step;
  app.emulated.faults.meddleWith((exchange) => meddle(step, exchange));
  let redriven: number | null = null;
  for (const { at, happen, ended } of await agendaOf(app, () => time.fireRepeated())) {
    if (redriven === null && at >= CALM_BEGINS) {
      redriven = await redriveAll(app);
      await settle(app, step);
    }
    for (let due = time.nextDue(); due !== null && due <= at; due = time.nextDue()) {
      time.set(due);
      time.fireDue();
      await settle(app, step);
    }
    time.set(at);
    await happen(app);
    await settle(app, step);
    if (ended !== undefined && time.nextDue() !== null && !mayWait(ended.fullName, troubles, time.now()))
      broken.push(...(await checkPromptness(app, ended)));
  }
  app.emulated.faults.meddleWith(() => undefined);
  return redriven ?? 0;
}

/** Waits until all that is left to do waits itself, and looks whether what was refused is named. */
async function settle(app: RunningApp, step: Step): Promise<void> {
  const before = step.troubled.length;
  await quiet(app, step.time);
  if (step.troubled.length === before) return;
  // Whoever looks is not troubled.
  app.emulated.faults.meddleWith(() => undefined);
  const met = step.troubled.slice(before).filter((one) => !isLifted(one, step));
  step.broken.push(...(await checkRefusals(app, met)));
  app.emulated.faults.meddleWith((exchange) => meddle(step, exchange));
}

/** Whether the same was asked again meanwhile and answered: success takes a refusal back. */
function isLifted({ operation, path, place }: Troubled, { asked, troubled }: Step): boolean {
  const troubledPlaces = new Set(troubled.map((one) => one.place));
  return asked.some(
    (one, index) =>
      index > place && one.operation === operation && one.path === path && !troubledPlaces.has(index),
  );
}

/** For so long Octokit takes a 401 as the sign that a new token is not everywhere yet, and asks again by itself. */
const TOKEN_SETTLES_MS = 6_000;

/** The answer that the troubles want in the place of this one, and notes it; `undefined` where they want none. */
function meddle(
  { time, troubles, troubled, asked }: Step,
  { method, path }: Pick<Exchange, 'method' | 'path'>,
): Meddling | undefined {
  const operation = operationOf(method, path);
  if (operation === null) return undefined;
  const now = time.now();
  asked.push({ operation, path, at: now });
  const trouble = troubles.find((one) => isMeant(one, { operation, path, at: now }));
  if (trouble === undefined) return undefined;
  const before = asked.filter((one) => isMeant(trouble, one)).length - 1;
  if (before % trouble.oneIn !== 0) return undefined;
  troubled.push({ trouble, operation, path, at: now, place: asked.length - 1 });
  if (trouble.answer.means === 'credentials not accepted') time.set(now + TOKEN_SETTLES_MS);
  return trouble.answer.meddling({ now, leftMs: trouble.to - now, sentence: sentenceOf(trouble) });
}

function isMeant(trouble: Trouble, { operation, path, at }: Asked): boolean {
  return (
    trouble.from <= at &&
    at < trouble.to &&
    (trouble.operation === 'every endpoint' || trouble.operation === operation) &&
    path.startsWith(trouble.within)
  );
}

/** By which a refusal is known again. */
export function sentenceOf({ number }: Pick<Trouble, 'number'>): string {
  return `Refused by trouble ${number} of this walk.`;
}

/** The longest that a limit lasts beyond the trouble that told of it. */
const LIMIT_LASTS_MS = 3_600_000;

/**
 * Whether GitHub troubles a repository, or the installation that it belongs to: limits are the installation's. An
 * outage keeps everybody from asking for half a minute at a time.
 */
function mayWait(fullName: string, troubles: readonly Trouble[], now: number): boolean {
  const owner = `/repos/${fullName.slice(0, fullName.indexOf('/') + 1)}`;
  return troubles.some(
    ({ from, to, within, answer }) =>
      from <= now &&
      now < to + LIMIT_LASTS_MS &&
      (within === '' || within.startsWith(owner) || answer.means === 'again soon'),
  );
}

/** Resolves when all that is left to do waits for a later moment. */
async function quiet(app: RunningApp, time: SimulatedTime): Promise<void> {
  for (;;) {
    await app.emulated.hooks.settled();
    let putOff = (): void => undefined;
    const isPutOff = new Promise<void>((resolve) => {
      putOff = resolve;
    });
    time.onLater = putOff;
    if (time.nextDue() === null) await Promise.race([app.server.idle(), isPutOff]);
    if (await isStill(app, time)) return;
  }
}

/** True where nothing is under way, and nothing comes of itself. */
async function isStill(app: RunningApp, time: SimulatedTime): Promise<boolean> {
  const requests = app.emulated.requests.length;
  await sleep(1);
  if (time.nextDue() !== null && (await runningOf(app)) > 0) return false;
  return app.emulated.underWay() === 0 && app.emulated.requests.length === requests;
}

async function runningOf(app: RunningApp): Promise<number> {
  const metrics = await (await fetch(`${app.server.url}/metrics`)).text();
  return Number(/^offbeat_queue_running (\d+)$/m.exec(metrics)?.[1]);
}

/** What was given up is put back, as an operator does who reads the docs. */
async function redriveAll(app: RunningApp): Promise<number> {
  let redriven = 0;
  await app.restart({
    meanwhile: () =>
      withStorage(app, async ({ queue }) => {
        for (const { id } of await queue.deadLetters()) if (await queue.redrive(id)) redriven += 1;
      }),
  });
  return redriven;
}
