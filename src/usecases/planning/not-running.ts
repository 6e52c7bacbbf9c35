import { lastRunBeforeSilence } from '../../history/overdue.ts';
import type { NotRunning } from '../../proposal/bookkeeping.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import type { ScheduleEntries } from '../learning/schedule-version.ts';
import type { ConnectedRepository, ListedWorkflow, RepositoryState } from '../ports.ts';
import { unlessRefused } from '../refusals.ts';

/** Why GitHub runs no schedule of a workflow, by the state that it lists. */
const DISABLED: ReadonlyMap<string, string> = new Map([
  ['disabled_manually', 'somebody has disabled the workflow'],
  [
    'disabled_inactivity',
    'GitHub has disabled the workflow after 60 days without activity in the repository',
  ],
  ['disabled_fork', 'the workflow is disabled as in every new fork'],
]);

const DATE_LENGTH = 'YYYY-MM-DD'.length;

/**
 * Finds the schedules of which no runs come and keeps them with the repository: those of workflows that GitHub lists as
 * disabled, and those without a run for longer than their rhythm allows. Asks GitHub once. Returns the care with them.
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
  const found = notRunning(state, entries, listed.kind === 'done' ? listed.value : []);
  const { notRunning: before = {}, ...others } = (await knownRepository(context, id)).care;
  const care = Object.keys(found).length === 0 ? others : { ...others, notRunning: found };
  if (JSON.stringify(before) !== JSON.stringify(found)) await context.store.apply(id, { care });
  return care;
}

/** Schedules of which no runs come, by key, in the order of the entries. */
function notRunning(
  { learned, runs, care }: Pick<RepositoryState, 'learned' | 'runs' | 'care'>,
  entries: ScheduleEntries,
  listed: readonly ListedWorkflow[],
): Readonly<Record<string, NotRunning>> {
  const heardAt = runs.at(-1)?.createdAt ?? 0;
  const byPath = new Map(listed.map((workflow) => [workflow.path, workflow]));
  const found = entries.flatMap((entry): readonly (readonly [string, NotRunning])[] => {
    const { state = '', page = null } = byPath.get(entry.path) ?? {};
    const disabled = DISABLED.get(state);
    if (disabled !== undefined) return [[entry.key, { why: disabled, page }]];
    const matches = learned.matches[entry.path];
    const last = matches === undefined ? null : lastRunBeforeSilence(matches, entry, heardAt);
    // What was not watched since its last run may hold a newer one.
    if (last === null || last < (care.unwatched?.to ?? 0)) return [];
    return [[entry.key, { why: `not running since ${day(last)}`, page }]];
  });
  return Object.fromEntries(found);
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, DATE_LENGTH);
}
