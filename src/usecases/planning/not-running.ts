import { lastRunBeforeSilence } from '../../history/overdue.ts';
import type { NotRunning } from '../../proposal/bookkeeping.ts';
import { DAY_MS, utcDate } from '../../time.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import type { ScheduleEntries } from '../learning/schedule-version.ts';
import { gitHubNow } from '../on-time/github-now.ts';
import type { ConnectedRepository, ListedWorkflow, RepositoryState } from '../ports.ts';
import { type Attempt, unlessRefused } from '../unless-refused.ts';

/** Why GitHub runs no schedule of a workflow, by the state that it lists. */
const DISABLED: ReadonlyMap<string, string> = new Map([
  ['disabled_manually', 'somebody has disabled the workflow'],
  [
    'disabled_inactivity',
    'GitHub has disabled the workflow after 60 days without activity in the repository',
  ],
  ['disabled_fork', 'the workflow is disabled as in every new fork'],
]);

/** GitHub may have more such states by now; each says that it runs nothing. */
function whyDisabled(state: string): string | undefined {
  return (
    DISABLED.get(state) ??
    (/^disabled_\w+$/.test(state) ? `GitHub lists the workflow as \`${state}\`` : undefined)
  );
}

/** GitHub's words for a repository, or an account, whose Actions are switched off. */
const ACTIONS_OFF = /\bactions\b.{0,40}\bdisabled\b/i;
const WHY_OFF = 'GitHub Actions is switched off in the repository';

/** Without a word for so long GitHub is asked whether it lists a run that has not arrived. */
const UNHEARD_MS = 14 * DAY_MS;

/**
 * Finds the schedules of which no runs come, and keeps them: of disabled workflows, silent for longer than their rhythm
 * allows, and all where Actions are switched off. Asks GitHub once, and after two weeks of silence once for each file.
 * Returns the care with them.
 */
export async function noteNotRunning(
  context: Context,
  state: RepositoryState,
  entries: ScheduleEntries,
  { reader }: ConnectedRepository,
): Promise<RepositoryState['care']> {
  const { id } = state.profile;
  const listed = await unlessRefused(
    context,
    id,
    'workflow states',
    async () => (await reader.workflows?.()) ?? [],
  );
  const found = isActionsOff(state, listed, gitHubNow(context, context.github))
    ? Object.fromEntries(entries.map(({ key }) => [key, { why: WHY_OFF, page: null }]))
    : notRunning(
        state,
        entries,
        listed.kind === 'done' ? listed.value : [],
        await heardUntil(context, state, entries, reader),
      );
  const { notRunning: before = {}, ...others } = (await knownRepository(context, id)).care;
  const care = Object.keys(found).length === 0 ? others : { ...others, notRunning: found };
  if (JSON.stringify(before) !== JSON.stringify(found)) await context.store.apply(id, { care });
  return care;
}

/** Whether GitHub has said so, now or when a workflow was to be started on time. */
function isActionsOff({ onTime }: RepositoryState, listed: Attempt<unknown>, now: number): boolean {
  if (listed.kind === 'refused') return ACTIONS_OFF.test(listed.sentence);
  return onTime?.files.some(({ hold }) => hold?.why === 'actions-off' && now < hold.until) === true;
}

/** Until when (epoch ms) it is known that no other runs have come. */
async function heardUntil(
  context: Context,
  { profile, runs, care }: Pick<RepositoryState, 'profile' | 'runs' | 'care'>,
  entries: ScheduleEntries,
  reader: ConnectedRepository['reader'],
): Promise<number> {
  const newest = runs.at(-1)?.createdAt ?? 0;
  const now = context.clock.now();
  if (newest === 0 || now - newest <= UNHEARD_MS || care.unwatched !== undefined) return newest;
  const asked = await unlessRefused(context, profile.id, 'missing runs', async () => {
    for (const path of new Set(entries.map((entry) => entry.path))) {
      if ((await reader.hasScheduledRun?.(path, newest + 1)) !== false) return false;
    }
    return true;
  });
  return asked.kind === 'done' && asked.value ? now : newest;
}

/** Schedules of which no runs come, by key, in the order of the entries. */
function notRunning(
  { learned, care }: Pick<RepositoryState, 'learned' | 'care'>,
  entries: ScheduleEntries,
  listed: readonly ListedWorkflow[],
  heardAt: number,
): Readonly<Record<string, NotRunning>> {
  const byPath = new Map(listed.map((workflow) => [workflow.path, workflow]));
  const found = entries.flatMap((entry): readonly (readonly [string, NotRunning])[] => {
    const { state = '', page = null } = byPath.get(entry.path) ?? {};
    const disabled = whyDisabled(state);
    if (disabled !== undefined) return [[entry.key, { why: disabled, page }]];
    const matches = learned.matches[entry.path];
    const last = matches === undefined ? null : lastRunBeforeSilence(matches, entry, heardAt);
    // A span that was not watched since the last run may hold a newer one.
    if (last === null || last < (care.unwatched?.to ?? 0)) return [];
    return [[entry.key, { why: `not running since ${utcDate(last)}`, page }]];
  });
  return Object.fromEntries(found);
}
