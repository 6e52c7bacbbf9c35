import { DAY_MS } from '../time.ts';
import { WORKFLOWS_NOTICE } from '../usecases/gate-context.ts';
import { knownRepository, meetRepository } from '../usecases/known-repository.ts';
import { catchUp } from '../usecases/learning/catch-up.ts';
import { evolveRepository } from '../usecases/learning/evolve-repository.ts';
import { acceptPermissions, welcomeRepository } from '../usecases/maintenance/installation.ts';
import { isMaintenanceDue, runTimedMaintenance } from '../usecases/maintenance/run-maintenance.ts';
import { serveOnce } from '../usecases/on-time/serve-once.ts';
import { isDecisionDue } from '../usecases/planning/is-decision-due.ts';
import { planRepository } from '../usecases/planning/plan-repository.ts';
import { followDiffIssue, keepDiffIssue } from '../usecases/proposals/keep-diff-issue.ts';
import { unlessRefused } from '../usecases/unless-refused.ts';
import { learnInbox } from './inbox.ts';
import type { Session } from './session.ts';
import { summarise } from './summary.ts';

/** Reading runs may send this share of the requests of one run; planning and proposals need the rest. */
const SHARE_OF_READING = 0.8;
/** GitHub ends a job of its own runners after six hours; runs seldom take a day. */
const UNDER_WAY_MS = DAY_MS;

/** Does what the server does as webhooks arrive, for all since the last time, and writes the report. */
export async function tune(session: Session): Promise<void> {
  const { context, seen, inputs, github, clock, mostCalls } = session;
  const startedAt = clock.now();
  const mayContinue = (): boolean => github.calls() < SHARE_OF_READING * mostCalls;
  // A comment may have been answered before: only this command sets `readFrom`.
  if (session.readFrom === null) await welcomeRepository(context, seen);
  else await meetRepository(context, seen);
  await notePermissions(session);
  await followDiffIssue(context, seen.id);
  if (session.readFrom === null) {
    await runTimedMaintenance(context, seen.id);
    // Only runs that have ended were read; others are still under way.
    session.readFrom = startedAt - UNDER_WAY_MS;
    await learnInbox(session);
    if (isDecisionDue(await knownRepository(context, seen.id), startedAt)) await planOnce(session);
  } else {
    const read = await catchUp(context, seen.id, session.readFrom, mayContinue);
    session.readFrom = read.from;
    await learnInbox(session);
    session.io.info(
      `${read.learned} runs were learned${read.isComplete ? '' : '; the rest follows next time'}.`,
    );
    if (isMaintenanceDue(await knownRepository(context, seen.id), startedAt)) {
      await runTimedMaintenance(context, seen.id);
    }
  }
  await unlessRefused(context, seen.id, 'maintenance', () => serveOnce(context, seen.id));
  await warnOfUnserved(session);
  if (inputs['force-evolution']) await evolveRepository(context, seen.id);
  await keepDiffIssue(context, seen.id);
  await summarise(session);
}

async function warnOfUnserved({ context, seen, io }: Session): Promise<void> {
  const { onTime } = await knownRepository(context, seen.id);
  for (const { path, hold } of onTime?.files ?? []) {
    if (hold?.why === 'refused') io.warning(`${path} cannot be started: ${hold.sentence}`);
  }
}

async function planOnce({ context, seen }: Session): Promise<void> {
  await unlessRefused(context, seen.id, 'planning', () =>
    planRepository(context, { repositoryId: seen.id, trigger: 'run' }),
  );
}

/** Notes whether the token may change workflow files, tried anew at each run, as it may have been replaced. */
async function notePermissions({ context, seen, github }: Session): Promise<void> {
  if (!(await github.isPlain())) {
    await acceptPermissions(context, seen.installationId);
    return;
  }
  const { profile } = await knownRepository(context, seen.id);
  if (profile.noticesGiven.includes(WORKFLOWS_NOTICE)) return;
  await context.store.apply(seen.id, {
    profile: { ...profile, noticesGiven: [...profile.noticesGiven, WORKFLOWS_NOTICE] },
  });
}
