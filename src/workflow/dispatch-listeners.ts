import { isMap, isScalar } from 'yaml';
import { type FoundRead, readsInYaml } from './dispatch-reads.ts';
import type { WorldPair } from './dispatch-worlds.ts';
import type { YamlSource } from './document.ts';
import { childOf, itemsOf, scalarText, triggersOf } from './entries.ts';
import { excerpt } from './excerpt.ts';
import { memberReads } from './member-reads.ts';
import {
  type AccessPath,
  evaluate,
  known,
  templateOf,
  truthOf,
  type Value,
  type World,
} from './partial-evaluation.ts';
import type { ReachingWorkflow } from './reached.ts';
import type { WorkflowFile } from './schedule.ts';

/*
 * Workflows that run after a served one (`on.workflow_run`). They see another event after a dispatched run, and the
 * conclusion `cancelled` after a cancelled twin, which is GitHub's own run of a tick that Offbeat has served.
 */

/** A place in such a workflow that would behave differently once Offbeat starts the served one. */
export interface MisledListener {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly sentence: string;
  readonly fix: string;
}

/** Reads of the event of the served run. With `twins`, also jobs that run after a cancelled run. */
export function listenersMisled(
  served: WorkflowFile,
  all: readonly ReachingWorkflow[],
  twins: boolean,
): readonly MisledListener[] {
  const name = excerpt(served.name);
  return all
    .filter(({ read }) => read.file.runsAfter.includes(served.name))
    .flatMap(({ read: { file, source } }) => {
      const reads = readsInYaml(source, STARTS, readsOfRun);
      const told = reads.map(
        ({ line, what }): MisledListener => ({
          path: file.path,
          line,
          sentence: `This workflow runs after \`${name}\`, and \`${excerpt(what)}\` tells how that was started.`,
          fix: 'Decide there by something that does not tell how the run was started.',
        }),
      );
      if (!twins || !hearsCompletion(source)) return told;
      const misled = jobsAfterCancelled(source).filter((line) => !reads.some((read) => read.line === line));
      return [
        ...told,
        ...misled.map((line) => ({
          path: file.path,
          line,
          sentence: `This job also runs after a cancelled run of \`${name}\`, and Offbeat cancels second runs of a tick.`,
          fix: 'Leave cancelled runs out there, or choose `net: own`.',
        })),
      ];
    });
}

/** Lines of the jobs, or of their conditions, that may run after a cancelled run. */
function jobsAfterCancelled(source: YamlSource): readonly number[] {
  const jobs = childOf(source.document?.contents, 'jobs');
  if (!isMap(jobs)) return [];
  return jobs.items.flatMap(({ key, value }) => {
    const written = childOf(value, 'if');
    const condition = isScalar(written) ? String(written.value) : '';
    return truthOf(valueIn(condition, CANCELLED)) === false ? [] : source.placeOf(written ?? key).line;
  });
}

/** Whether the listener runs when a run has ended, not only when one is requested or begins. */
function hearsCompletion({ document }: YamlSource): boolean {
  const types = childOf(childOf(triggersOf(document), 'workflow_run'), 'types');
  return types === undefined || itemsOf(types).some((type) => scalarText(type) === 'completed');
}

/** Fields of the run that the listener follows which differ by how it was started. */
const FIELDS = 'event|actor|triggering_actor';
const DIFFERING: ReadonlySet<string> = new Set(FIELDS.split('|'));

/** The contexts of the listener, after a run that was started by this event. */
function worldAfter(event: string): World {
  return worldOf(([name, part, field]) => {
    const isWhole = name === undefined || name === null || (name === 'event' && (part ?? null) === null);
    const isRun = name === 'event' && part === 'workflow_run';
    if (isRun && field === 'event') return known(event);
    const differs = isWhole || (isRun && ((field ?? null) === null || DIFFERING.has(field ?? '')));
    return differs ? { symbol: `${name} ${part} ${field} of ${event}` } : undefined;
  });
}

const STARTS: WorldPair = { schedule: worldAfter('schedule'), dispatch: worldAfter('workflow_dispatch') };

/** The contexts after a cancelled twin, which is a run of GitHub's schedule. */
const CANCELLED = worldOf(([event, part, field]) => {
  if (event !== 'event' || part !== 'workflow_run') return undefined;
  if (field === 'event') return known('schedule');
  return field === 'conclusion' ? known('cancelled') : undefined;
});

/** The contexts of a listener; `inGithub` gives what is known of `github`, by the path below it. */
function worldOf(inGithub: (path: AccessPath) => Value | undefined): World {
  return {
    valueOf: ([context = null, ...path]) => {
      if (context === 'github' && path[0] === 'event_name') return known('workflow_run');
      const value = context === 'github' ? inGithub(path) : undefined;
      return value ?? { symbol: [context, ...path].map((one) => one ?? '*').join('.') };
    },
  };
}

/** Scripts that read those fields from the event. */
function readsOfRun(text: string): readonly FoundRead[] {
  return memberReads(text, 'workflow_run', FIELDS).map((read) => ({
    what: `workflow_run.${read.name}`,
    text: read.text,
  }));
}

function valueIn(condition: string, world: World): Value {
  const [piece] = templateOf(condition);
  const expression = piece !== undefined && 'expression' in piece ? piece.expression : condition;
  return evaluate(expression, world) ?? { symbol: condition };
}
