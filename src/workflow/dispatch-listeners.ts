import { isMap, isScalar, isSeq } from 'yaml';
import type { YamlSource } from './document.ts';
import { childOf, triggersOf } from './entries.ts';
import {
  evaluate,
  known,
  templateOf,
  textOf,
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

/** A job of such a workflow that would behave differently once Offbeat starts the served one. */
export interface MisledListener {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly sentence: string;
  readonly fix: string;
}

/** Jobs that depend on the event of the served run. With `twins`, also jobs that run after a cancelled run. */
export function listenersMisled(
  served: WorkflowFile,
  all: readonly ReachingWorkflow[],
  twins: boolean,
): readonly MisledListener[] {
  return all
    .filter(({ read }) => read.file.runsAfter.includes(served.name))
    .flatMap(({ read: { file, source } }) =>
      jobConditions(source).flatMap(({ line, condition }): readonly MisledListener[] => {
        if (!isSame(condition)) {
          const sentence = `This job runs after \`${served.name}\` and decides by how that was started.`;
          const fix = 'Decide there by something that does not tell how the run was started.';
          return [{ path: file.path, line, sentence, fix }];
        }
        if (!twins || !hearsCompletion(source) || truthOf(inWorld(condition, cancelled)) === false) return [];
        const sentence =
          `This job also runs after a cancelled run of \`${served.name}\`, and Offbeat cancels second runs of a ` +
          'tick.';
        const fix = 'Leave cancelled runs out there, or choose `net: own`.';
        return [{ path: file.path, line, sentence, fix }];
      }),
    );
}

interface JobCondition {
  readonly line: number;
  /** Empty where the job has none. */
  readonly condition: string;
}

function jobConditions(source: YamlSource): readonly JobCondition[] {
  const root = source.document?.contents;
  const jobs = isMap(root) ? childOf(root, 'jobs') : undefined;
  if (!isMap(jobs)) return [];
  return jobs.items.map(({ key, value }) => {
    const written = isMap(value) ? childOf(value, 'if') : undefined;
    const place = written ?? (isScalar(key) ? key : undefined);
    return {
      line: source.position(place?.range?.[0] ?? 0).line,
      condition: isScalar(written) ? String(written.value) : '',
    };
  });
}

/** Whether the listener runs when a run has ended, not only when one is requested or begins. */
function hearsCompletion({ document }: YamlSource): boolean {
  const triggers = document === undefined ? undefined : triggersOf(document);
  const listened = isMap(triggers) ? childOf(triggers, 'workflow_run') : undefined;
  const types = isMap(listened) ? childOf(listened, 'types') : undefined;
  if (types === undefined) return true;
  const names = isSeq(types) ? types.items : [types];
  return names.some((name) => isScalar(name) && name.value === 'completed');
}

function isSame(condition: string): boolean {
  const today = inWorld(condition, (name) => startedBy(name, 'schedule'));
  const dispatched = inWorld(condition, (name) => startedBy(name, 'workflow_dispatch'));
  const truth = truthOf(today);
  return textOf(today) === textOf(dispatched) || (truth !== undefined && truth === truthOf(dispatched));
}

const ACTOR_NAMES: ReadonlySet<string> = new Set(['actor', 'triggering_actor']);

function startedBy(name: string, event: string): Value | undefined {
  if (name === 'event') return known(event);
  return ACTOR_NAMES.has(name) ? { symbol: `actor of ${event}` } : undefined;
}

function cancelled(name: string): Value | undefined {
  return name === 'conclusion' ? known('cancelled') : undefined;
}

/** The condition's value; `field` gives the known fields of the run that the listener follows. */
function inWorld(condition: string, field: (name: string) => Value | undefined): Value {
  const world: World = {
    valueOf: (path) => {
      const [context, event, part, name] = path;
      if (context === 'github' && event === 'event_name') return known('workflow_run');
      const isField =
        context === 'github' && event === 'event' && part === 'workflow_run' && typeof name === 'string';
      return (isField ? field(name) : undefined) ?? { symbol: path.map((one) => one ?? '*').join('.') };
    },
  };
  const [piece] = templateOf(condition);
  const expression = piece !== undefined && 'expression' in piece ? piece.expression : condition;
  return evaluate(expression, world) ?? { symbol: condition };
}
