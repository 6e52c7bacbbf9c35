import { isMap, isScalar, isSeq } from 'yaml';
import { childOf, triggersOf } from './entries.ts';
import { type AccessPath, known, type Value, type World } from './partial-evaluation.ts';
import type { ReadSource } from './read.ts';
import { sameCron } from './schedule-literals.ts';

/*
 * The values of expression contexts while a workflow runs for its schedule, for a dispatch, or for another trigger.
 */

/** Values for the inputs of a dispatch. */
export type DispatchInputs = Readonly<Record<string, string | number | boolean>>;

/** An input of `workflow_dispatch`, with its value on a dispatch that does not name it. */
export interface DeclaredInput {
  readonly name: string;
  readonly line: number;
  readonly required: boolean;
  /** `string` where none is written. */
  readonly type: string;
  /** The values that a choice allows; `undefined` for another type, and where they are not plain. */
  readonly options: readonly string[] | undefined;
  /** Its value on a dispatch that does not name it. */
  readonly value: Value;
}

/** The inputs that the file declares for `workflow_dispatch`. */
export function declaredInputs({ source }: Pick<ReadSource, 'source'>): readonly DeclaredInput[] {
  const inputs = childOf(childOf(triggersOf(source.document), 'workflow_dispatch'), 'inputs');
  if (!isMap(inputs)) return [];
  return inputs.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return [];
    const name = String(key.value).toLowerCase();
    const given = childOf(value, 'default');
    const type = childOf(value, 'type');
    const required = childOf(value, 'required');
    const typeName = isScalar(type) ? String(type.value) : 'string';
    return {
      name,
      line: source.placeOf(key).line,
      required: isScalar(required) && required.value === true && given === undefined,
      type: typeName,
      options: typeName === 'choice' ? optionsOf(value) : undefined,
      value: defaultOf(name, isScalar(given) ? given.value : undefined, typeName),
    };
  });
}

function optionsOf(input: unknown): readonly string[] | undefined {
  const options = childOf(input, 'options');
  if (!isSeq(options) || !options.items.every(isScalar)) return undefined;
  return options.items.map((option) => option.source ?? String(option.value));
}

function defaultOf(name: string, given: unknown, type: string): Value {
  if (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean')
    return known(given);
  if (type === 'string') return known('');
  // The value of a choice, number or environment without a default is not documented.
  return type === 'boolean' ? known(false) : { symbol: `inputs.${name} of a dispatch` };
}

/** The same workflow, run for its schedule and for a dispatch. */
export interface WorldPair {
  readonly schedule: World;
  readonly dispatch: World;
}

/** Bots that neither commit crons nor dispatch workflows, so a condition that excludes them by name gives the same. */
const NEVER_THE_ACTOR: ReadonlySet<string> = new Set(['dependabot[bot]', 'renovate[bot]']);

const ACTOR_NAMES: ReadonlySet<string> = new Set(['actor', 'actor_id', 'triggering_actor']);

/** Parts of the payload that are the same in both events. */
const COMMON_PARTS: ReadonlySet<string> = new Set(['repository', 'organization', 'enterprise', 'workflow']);

/** The contexts in a file of the run. A called workflow's `inputs` come from its caller, so they do not differ. */
export function worldsOf(workflow: ReadSource, stated: DispatchInputs, place: 'entry' | 'called'): WorldPair {
  const declared = new Map(declaredInputs(workflow).map(({ name, value }) => [name, value]));
  const named = new Set(Object.keys(stated).map((name) => name.toLowerCase()));
  const crons = workflow.file.schedules.map(({ cron }) => cron);
  const inputIn = (event: 'schedule' | 'dispatch', name: string): Value => {
    if (named.has(name)) return { symbol: `inputs.${name}` };
    return event === 'schedule' ? known(null) : (declared.get(name) ?? known(null));
  };
  const build = (event: 'schedule' | 'dispatch'): World => ({
    valueOf: (path) => {
      const [context, ...rest] = path;
      if (context === 'inputs') {
        if (place === 'called') return { symbol: pathText(path) };
        const [name] = rest;
        if (typeof name === 'string') return inputIn(event, name);
        return { symbol: declared.size === 0 ? 'no inputs' : `inputs of a ${event}` };
      }
      if (context !== 'github') return { symbol: pathText(path) };
      const [name, part, input] = rest;
      if (name === 'event' && part === 'inputs' && typeof input === 'string') {
        const value = inputIn(event, input);
        const isText = 'known' in value && event === 'dispatch' && declared.has(input);
        return isText ? known(value.known.coerceString()) : value;
      }
      return githubIn(event, rest, crons.length);
    },
    equalsText: (symbol, text) => {
      if (symbol.startsWith('actor')) return NEVER_THE_ACTOR.has(text.toLowerCase()) ? false : undefined;
      if (symbol !== 'cron') return undefined;
      if (!crons.some((cron) => sameCron(cron, text))) return false;
      return crons.every((cron) => sameCron(cron, text)) ? true : undefined;
    },
  });
  return { schedule: build('schedule'), dispatch: build('dispatch') };
}

function githubIn(event: 'schedule' | 'dispatch', path: AccessPath, crons: number): Value {
  const [name, part] = path;
  // The whole context, an index that is no constant, and the event as a file.
  if (name === undefined || name === null || name === 'event_path') return { symbol: `github of a ${event}` };
  if (name === 'event_name') return known(event === 'schedule' ? 'schedule' : 'workflow_dispatch');
  if (ACTOR_NAMES.has(name)) return { symbol: `actor of a ${event}` };
  if (name === 'head_ref' || name === 'base_ref') return known('');
  if (name !== 'event') return { symbol: pathText(['github', ...path]) };
  if (part === 'schedule') {
    if (event === 'dispatch' || crons === 0) return known(null);
    return { symbol: 'cron', truth: true };
  }
  if (part === undefined || part === null || part === 'inputs' || part === 'sender' || part === 'ref')
    return { symbol: `${pathText(['github', ...path])} of a ${event}` };
  return COMMON_PARTS.has(part) ? { symbol: pathText(['github', ...path]) } : known(null);
}

/** Events that run for a pull request's own ref. */
const PULL_EVENTS: ReadonlySet<string> = new Set([
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
]);

/** The contexts while a workflow of this name runs for another event, on this kind of ref. */
export function worldOfTrigger(event: string, ref: 'default branch' | 'tag', workflowName: string): World {
  const isPull = PULL_EVENTS.has(event);
  const onRef = isPull ? 'pull request' : ref;
  return {
    valueOf: (path) => {
      const [context, name, part] = path;
      if (context !== 'github') return { symbol: pathText(path) };
      if (name === 'event_name') return known(event);
      if (name === 'workflow') return known(workflowName);
      if (name === 'ref' || name === 'ref_name' || name === 'sha') return { symbol: `${name} of ${onRef}` };
      if (name === 'head_ref' || name === 'base_ref') {
        const isSet = isPull || event === 'pull_request_target';
        return isSet ? { symbol: name, truth: true } : known('');
      }
      if (name !== 'event') return { symbol: pathText(path) };
      const isAbsent = SCHEDULED.has(event) && typeof part === 'string' && !COMMON_PARTS.has(part);
      return isAbsent && part !== 'inputs' && part !== 'schedule'
        ? known(null)
        : { symbol: `${pathText(path)} of ${event}` };
    },
  };
}

/** Events without a payload of their own. */
const SCHEDULED: ReadonlySet<string> = new Set(['schedule', 'workflow_dispatch']);

function pathText(path: AccessPath): string {
  return path.map((name) => name ?? '*').join('.');
}
