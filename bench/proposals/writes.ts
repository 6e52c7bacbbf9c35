import { type RunningApp, withApp } from '../../test/e2e/harness.ts';
import {
  asCommitted,
  DAILY_WORKFLOWS,
  DAYS_TO_PROPOSAL,
  filesOf,
  merge,
  openPull,
  turn,
} from '../../test/e2e/story.ts';

/** A stretch of a repository's life, and what the App wrote to GitHub in it. */
export interface Stretch {
  readonly name: string;
  readonly writes: number;
  /** Writes that send people an e-mail: comments, and whatever is opened or closed. */
  readonly notifying: number;
}

/**
 * The App as it runs in production before an emulated GitHub: six daily schedules, and what is written at each step of
 * a proposal's life.
 */
export async function writesOfALife(): Promise<readonly Stretch[]> {
  const stretches: Stretch[] = [];
  const told = async (app: RunningApp, name: string, live: () => Promise<unknown>) => {
    const before = app.writes().length;
    const openBefore = (await app.proposals()).map(({ number }) => number);
    await live();
    const openAfter = new Set((await app.proposals()).map(({ number }) => number));
    const writes = app.writes().slice(before);
    const opened = writes.filter((write) => /^POST .*\/(comments|pulls|issues)$/.test(write)).length;
    const closed = openBefore.filter(
      (number) => !openAfter.has(number) && writes.includes(`PATCH /pulls/${number}`),
    ).length;
    stretches.push({ name, writes: writes.length, notifying: opened + closed });
  };
  const workflows = DAILY_WORKFLOWS;
  await withApp({ workflows, config: 'mode: observe\n' }, async (app) => {
    await told(app, 'observing for 30 days', () => app.live(30));
  });
  await withApp({ workflows, config: 'mode: suggest\n' }, async (app) => {
    await told(app, 'observing → decided → proposed', () => app.live(DAYS_TO_PROPOSAL));
    const pull = await openPull(app);
    await told(app, 'proposed → closed', () => turn(app, pull.number, 'closed'));
    await told(app, 'closed → proposed (reopened)', () => turn(app, pull.number, 'open'));
    const day = DAYS_TO_PROPOSAL;
    await told(app, 'proposed for 29 days, nothing changes', () => app.live(29, { fromDay: day, seed: 2 }));
    await told(app, 'proposed → expired', () => app.live(3, { fromDay: day + 29, seed: 3 }));
    await told(app, 'expired for 30 days, nothing changes', () =>
      app.live(30, { fromDay: day + 32, seed: 4 }),
    );
  });
  await withApp({ workflows, config: 'mode: suggest\nmax-change-share: 0.2\n' }, async (app) => {
    await app.live(DAYS_TO_PROPOSAL);
    const pull = await openPull(app);
    const [moved = ''] = await filesOf(app, pull.number);
    await told(app, 'proposed → merged → watching', () => merge(app, pull.number));
    const failing = (await asCommitted(app, workflows)).map((workflow) =>
      workflow.path === moved ? { ...workflow, failureShare: 0.75 } : workflow,
    );
    // Quiet meanwhile: another proposal would be counted among the writes of this one.
    await app.command('maintainer', pull.number, '/snooze 60d');
    await told(app, 'watching → worse, revert opened', () =>
      app.live(20, { fromDay: DAYS_TO_PROPOSAL, seed: 2, workflows: failing }),
    );
    const revert = await openPull(app);
    await told(app, 'worse → rolled back (revert merged)', () => merge(app, revert.number));
  });
  return stretches;
}
