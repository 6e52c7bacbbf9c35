import { isMap, isScalar, visit } from 'yaml';
import { OffbeatError } from '../errors.ts';
import { suggestWord } from '../nearest-word.ts';
import { type SharedGroup, sharedGroups } from './dispatch-concurrency.ts';
import { listenersMisled } from './dispatch-listeners.ts';
import { readsInScript, readsInYaml } from './dispatch-reads.ts';
import { REFUSING_ACTIONS } from './dispatch-refusing-actions.ts';
import { type DeclaredInput, type DispatchInputs, declaredInputs, worldsOf } from './dispatch-worlds.ts';
import type { YamlSource } from './document.ts';
import { serveTriggers } from './edit-triggers.ts';
import { childOf, nodesUnder, scalarText } from './entries.ts';
import { excerpt } from './excerpt.ts';
import { withSchedule, withSchedules } from './kept-schedule.ts';
import { namedFilesOf } from './named-files.ts';
import { canBeInNet } from './net-file.ts';
import { NET_PATH } from './paths.ts';
import { type ReachingWorkflow, readReaching, type TextFile } from './reached.ts';
import type { RefusalCode } from './refusal.ts';
import type { WorkflowFile } from './schedule.ts';

/*
 * Obstacles to serving a workflow by dispatch: places that behave differently when the run was not started by
 * `schedule`, and runs that would replace each other in a concurrency group.
 */

/** What happens to GitHub's own cron; in mode `rescue` it stays in place, as with `cron`. */
export type NetKind = 'own' | 'cron' | 'none';

/** How one workflow would be served, with facts that are not in its repository's files. */
export interface DispatchTerms {
  readonly net: NetKind;
  /** `on-time-inputs`. Reads of these inputs are no obstacle, as the maintainers have chosen their values. */
  readonly inputs: DispatchInputs;
  /** Names of environments with required reviewers, in lower case; `null` where they could not be read. */
  readonly reviewedEnvironments: ReadonlySet<string> | null;
  /** Claims that the template of the OIDC `sub` names, such as `actor`; `null` where it could not be read. */
  readonly subjectClaims: readonly string[] | null;
}

/** Terms without configuration, and without reviewed environments or claims of OIDC. */
export const PLAIN_TERMS: DispatchTerms = {
  net: 'own',
  inputs: {},
  reviewedEnvironments: new Set(),
  subjectClaims: [],
};

export type DispatchObstacleCode =
  | 'file-refused'
  | 'event-read'
  | 'unread-file'
  | 'input-required'
  | 'input-refused'
  | 'id-token'
  | 'concurrency'
  | 'listener'
  | 'environment'
  | 'action';

export interface DispatchObstacle {
  /** `blocking`: Offbeat does not serve the workflow. `warning`: the pull request mentions it. */
  readonly kind: 'blocking' | 'warning';
  readonly code: DispatchObstacleCode;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** What is written there and how a dispatch changes it, without the place. */
  readonly sentence: string;
  /** How to mend it, as a sentence; empty where the other one says so, and where nothing has to be mended. */
  readonly fix: string;
}

/**
 * The obstacles of each workflow with schedules, whether these were taken out or not, by path; blocking ones first.
 * Those of Offbeat itself are left out: the net, and the workflow that runs Offbeat.
 * `sources` holds the workflows, and the local actions and scripts that they run, as far as they could be read.
 */
export function findDispatchObstacles(
  sources: readonly TextFile[],
  termsOf: (file: WorkflowFile) => DispatchTerms,
): ReadonlyMap<string, readonly DispatchObstacle[]> {
  const parked = new Set(sources.filter(({ text }) => withSchedule(text) !== text).map(({ path }) => path));
  const workflows = readReaching(withSchedules(sources));
  const paths = new Set(sources.map(({ path }) => path));
  return new Map(
    workflows
      .filter(({ read: { file } }) => {
        return file.schedules.length > 0 && file.path !== NET_PATH && file.runsOffbeat !== true;
      })
      .map((workflow) => {
        const { path } = workflow.read.file;
        const terms = termsOf(workflow.read.file);
        const edit = parked.has(path) ? [] : refusedEdits(workflow, terms);
        return [path, [...edit, ...obstaclesOf(workflow, workflows, paths, terms)]];
      }),
  );
}

function obstaclesOf(
  workflow: ReachingWorkflow,
  all: readonly ReachingWorkflow[],
  paths: ReadonlySet<string>,
  terms: DispatchTerms,
): readonly DispatchObstacle[] {
  const { file, source } = workflow.read;
  if (file.refusal !== undefined) return [fileRefused(file.path, file.refusal.sentence)];
  const yamls = [{ path: file.path, source }, ...workflow.reached.files];
  const found = [
    ...brokenJobs(workflow.read.file),
    ...eventReads(workflow, terms),
    ...yamls.flatMap((one) => unreadFiles(one.path, one.source, paths)),
    ...missingInputs(workflow, terms),
    ...refusedInputs(workflow, terms),
    ...yamls.flatMap((one) => idTokens(one.path, one.source, terms)),
    ...sharedGroups(workflow, all, terms.net === 'cron').map(groupObstacle),
    ...listenersMisled(workflow.read.file, all, terms.net === 'cron').map(({ path, line, sentence, fix }) =>
      blocking('listener', path, line, { sentence, fix }),
    ),
    ...yamls.flatMap((one) => reviewedJobs(one.path, one.source, terms)),
    ...yamls.flatMap((one) => refusingActions(one.path, one.source)),
  ];
  const distinct = new Map(found.map((one) => [`${one.path}:${one.line}:${one.sentence}`, one]));
  return [...distinct.values()].toSorted(
    (one, other) => Number(one.kind === 'warning') - Number(other.kind === 'warning'),
  );
}

function blocking(
  code: DispatchObstacleCode,
  path: string,
  line: number,
  told: Pick<DispatchObstacle, 'sentence' | 'fix'>,
): DispatchObstacle {
  return { kind: 'blocking', code, path, line, ...told };
}

/** A refusal of the file or of one of its schedules, whose sentence mostly begins with the line. */
function fileRefused(path: string, sentence: string, line = lineIn(sentence)): DispatchObstacle {
  return blocking('file-refused', path, line, { sentence: withoutPlace(sentence), fix: '' });
}

/** Jobs with which GitHub refuses the file, and with it every dispatch. */
function brokenJobs({ path, problems = [] }: WorkflowFile): readonly DispatchObstacle[] {
  return problems
    .filter(({ kind }) => kind === 'needs')
    .map(({ line, sentence }) => fileRefused(path, sentence, line));
}

/** Refusals of a schedule whose ticks are not known for certain. */
const UNCERTAIN: ReadonlySet<RefusalCode> = new Set([
  'alias-or-anchor',
  'both-day-fields',
  'invalid-cron',
  'invalid-schedule',
  'invalid-timezone',
  'never-fires',
  'templated',
]);

const NAME_NOT_IN_NET =
  'The name of the file has characters that the net cannot hold. Use letters, digits, ".", "-" and "_" only.';

/** Schedules that cannot be served as they are written, and triggers that cannot be edited. */
function refusedEdits(
  { read: { file, source } }: ReachingWorkflow,
  { net }: DispatchTerms,
): DispatchObstacle[] {
  if (file.refusal !== undefined) return [];
  const uncertain = file.schedules.flatMap(({ line, refusal }) =>
    refusal !== undefined && UNCERTAIN.has(refusal.code)
      ? [fileRefused(file.path, refusal.sentence, line)]
      : [],
  );
  if (uncertain.length > 0) return uncertain;
  if (net === 'own' && !canBeInNet(file.path)) {
    return [fileRefused(file.path, NAME_NOT_IN_NET)];
  }
  try {
    serveTriggers(file.path, source.text, net === 'cron' ? 'dispatch' : 'dispatch-only');
    return [];
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    return [fileRefused(file.path, `${error.message} ${error.fix ?? ''}`.trim())];
  }
}

/** The line that the sentence of a refusal begins with. */
function lineIn(sentence: string): number {
  return Number(/^Line (\d+)/.exec(sentence)?.[1] ?? 1);
}

/** The sentence of a refusal without its place, which an obstacle holds in `path` and `line`. */
function withoutPlace(sentence: string): string {
  const rest = sentence.replace(/^Line \d+(?:, column \d+)?: /, '');
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

function eventReads({ read, reached }: ReachingWorkflow, { inputs }: DispatchTerms): DispatchObstacle[] {
  const called = worldsOf(read, inputs, 'called');
  const found = [
    { path: read.file.path, reads: readsInYaml(read.source, worldsOf(read, inputs, 'entry')) },
    ...reached.files.map(({ path, source }) => ({ path, reads: readsInYaml(source, called) })),
    ...reached.scripts.map(({ path, text }) => ({ path, reads: readsInScript(text) })),
  ];
  const reads = found.flatMap(({ path, reads: own }) => own.map((one) => ({ path, ...one })));
  const fix =
    'Write it so that `workflow_dispatch` gives what `schedule` gives; an input can be stated in ' +
    '`on-time-inputs`.';
  return reads.map(({ path, line, what }) => {
    const sentence = `What \`${excerpt(what)}\` gives here differs between a run by schedule and a dispatch.`;
    return blocking('event-read', path, line, { sentence, fix });
  });
}

/** A workflow of another repository. */
const REMOTE_WORKFLOW = /^[^./][^/]*\/[^/]+\/.+\.ya?ml@/;

function unreadFiles(path: string, source: YamlSource, known: ReadonlySet<string>): DispatchObstacle[] {
  return namedFilesOf(path, source).flatMap(({ name, line, paths }): readonly DispatchObstacle[] => {
    const isLocal = name.startsWith('./') && !paths.some((one) => known.has(one));
    if (!isLocal && !REMOTE_WORKFLOW.test(name)) return [];
    const what = /\.ya?ml(?:@|$)/.test(name) ? 'called workflow' : 'local action';
    const sentence = `The ${what} \`${excerpt(name)}\` cannot be read, so nobody knows what it does on a dispatch.`;
    const fix = 'Have it in this repository, where it can be read.';
    return [blocking('unread-file', path, line, { sentence, fix })];
  });
}

function missingInputs({ read }: ReachingWorkflow, { inputs }: DispatchTerms): DispatchObstacle[] {
  const stated = new Set(Object.keys(inputs).map((name) => name.toLowerCase()));
  return declaredInputs(read)
    .filter(({ name, required }) => required && !stated.has(name))
    .map(({ name, line }) => {
      const sentence = `A dispatch needs the input \`${excerpt(name)}\`, which has no default.`;
      const fix = 'Give it a default, or state it in `on-time-inputs`.';
      return blocking('input-required', read.file.path, line, { sentence, fix });
    });
}

/** Stated inputs with which GitHub answers every dispatch with 422, so that nothing would start the workflow. */
function refusedInputs({ read }: ReachingWorkflow, { inputs }: DispatchTerms): DispatchObstacle[] {
  const declared = new Map(declaredInputs(read).map((input) => [input.name, input]));
  const { path, schedules } = read.file;
  return Object.entries(inputs).flatMap(([name, value]): readonly DispatchObstacle[] => {
    const input = declared.get(name.toLowerCase());
    if (input === undefined) {
      const sentence =
        `GitHub refuses a dispatch with the input \`${excerpt(name)}\`, which \`on-time-inputs\` states and the ` +
        'workflow does not declare.';
      const suggested = suggestWord(name, [...declared.keys()]);
      const fix = `${suggested ?? ''} Take it out there, or declare it under \`workflow_dispatch\`.`.trim();
      return [blocking('input-refused', path, schedules[0]?.line ?? 1, { sentence, fix })];
    }
    const wrong = whyRefused(input, value);
    if (wrong === undefined) return [];
    const sentence =
      `GitHub refuses a dispatch with \`${excerpt(String(value))}\`, which \`on-time-inputs\` states for the input ` +
      `\`${excerpt(name)}\`: ${wrong.what}.`;
    return [blocking('input-refused', path, input.line, { sentence, fix: wrong.fix })];
  });
}

/** Why GitHub refuses a value of an input; `undefined` where it takes it, or nobody knows. */
function whyRefused(
  { type, options }: DeclaredInput,
  value: DispatchInputs[string],
): { readonly what: string; readonly fix: string } | undefined {
  const text = String(value);
  if (options?.includes(text) === false) {
    const suggested = suggestWord(text, options);
    return { what: 'its options do not name it', fix: `${suggested ?? ''} Write one of its options.`.trim() };
  }
  if (type === 'boolean' && !/^(?:true|false)$/i.test(text)) {
    return { what: 'it is a boolean', fix: 'Write true or false.' };
  }
  if (type === 'number' && (typeof value === 'boolean' || !isNumber(text))) {
    return { what: 'it is a number', fix: 'Write a number.' };
  }
  return undefined;
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

/** Claims of the token that differ on a dispatch. */
const DIFFERING_CLAIMS: ReadonlySet<string> = new Set(['actor', 'actor_id', 'event_name']);

function idTokens(path: string, source: YamlSource, { subjectClaims }: DispatchTerms): DispatchObstacle[] {
  const claim = subjectClaims?.find((one) => DIFFERING_CLAIMS.has(one));
  const ofSubject = subjectClaims === null ? 'what its `sub` names could not be read.' : 'its `sub` stays.';
  const sentence =
    claim === undefined
      ? `A job asks for an OIDC token, whose claims \`actor\` and \`event_name\` differ on a dispatch; ${ofSubject}`
      : `A job asks for an OIDC token, whose \`sub\` names \`${claim}\` here, and that differs on a dispatch.`;
  return nodesUnder(source.document, 'permissions').flatMap((node): readonly DispatchObstacle[] => {
    const token = isMap(node) ? childOf(node, 'id-token') : node;
    if (scalarText(token) !== (isMap(node) ? 'write' : 'write-all')) return [];
    const { line } = source.placeOf(token);
    if (claim === undefined) return [{ kind: 'warning', code: 'id-token', path, line, sentence, fix: '' }];
    const fix = `Take \`${claim}\` out of the template of the token's \`sub\`.`;
    return [blocking('id-token', path, line, { sentence, fix })];
  });
}

function reviewedJobs(path: string, source: YamlSource, terms: DispatchTerms): DispatchObstacle[] {
  return nodesUnder(source.document, 'environment').flatMap((node): readonly DispatchObstacle[] => {
    const name = isMap(node) ? childOf(node, 'name') : node;
    if (!isScalar(name)) return [];
    const { line } = source.placeOf(name);
    const shown = `\`${excerpt(String(name.value))}\``;
    if (terms.reviewedEnvironments === null) {
      const sentence = `Whether the environment ${shown} waits for a reviewer could not be read.`;
      return [{ kind: 'warning', code: 'environment', path, line, sentence, fix: '' }];
    }
    if (!terms.reviewedEnvironments.has(String(name.value).toLowerCase())) return [];
    const sentence = `The environment ${shown} waits for a reviewer, so no run of it starts on time.`;
    const fix = 'Take the reviewers off it, or let the job do without it.';
    return [blocking('environment', path, line, { sentence, fix })];
  });
}

function refusingActions(path: string, source: YamlSource): DispatchObstacle[] {
  const found: DispatchObstacle[] = [];
  if (source.document === undefined) return found;
  visit(source.document, {
    Map: (_, step) => {
      const uses = childOf(step, 'uses');
      const name = scalarText(uses) ?? '';
      const known = REFUSING_ACTIONS.find((one) => one.name.test(name));
      if (known === undefined) return;
      const { kind, does, fix = '', allowedBy = [] } = known;
      const given = childOf(step, 'with');
      if (isMap(given) && allowedBy.some((input) => given.has(input))) return;
      const { line } = source.placeOf(uses);
      found.push({ kind, code: 'action', path, line, sentence: `\`${excerpt(name)}\` ${does}.`, fix });
    },
  });
  return found;
}

function groupObstacle({ path, line, group, who }: SharedGroup): DispatchObstacle {
  const shared = `concurrency group \`${excerpt(group)}\``;
  const sentence = `In the ${shared} a newcomer replaces the run that waits, and ${newcomer(who)} enters it too.`;
  const fix = 'Write `queue: max` beside the group, so that both wait, or give it a group of its own.';
  return blocking('concurrency', path, line, { sentence, fix });
}

function newcomer(who: SharedGroup['who']): string {
  if (who.kind === 'trigger') return `a run by \`${excerpt(who.event)}\``;
  return who.kind === 'workflow' ? `${who.path}:${who.line}` : "GitHub's own run of the same tick";
}
