import { isMap, isScalar, isSeq, type Node, Scalar } from 'yaml';
import { present } from '../checked.ts';
import { type Cron, parseCron } from '../cron/parse.ts';
import { quoted } from '../cron/quoted.ts';
import { neverFires } from '../cron/ticks.ts';
import { howToNameZone, isTimezone } from '../cron/timezone.ts';
import { OffbeatError } from '../errors.ts';
import { didYouMean } from '../nearest-word.ts';
import { brokenNeeds } from './broken-needs.ts';
import { headComments, humanText, type SortedComments, sortComments } from './comments.ts';
import { isStrayDirective, isStrayPin, type ReadDirectives, readDirectives } from './directives.ts';
import { type Place, plainValues, readYaml, type YamlSource } from './document.ts';
import { childOf, type Entry, entriesOf, scalarText, textsOf, triggerNames, triggersOf } from './entries.ts';
import { concurrencyGroupOf, jobsOf } from './jobs.ts';
import { lowerFirst } from './lower-first.ts';
import { whyMisplaced } from './misplaced.ts';
import { entryKeyMeantBy } from './misspelled.ts';
import { runsOffbeat } from './own-workflow.ts';
import { isGeneratedFile, NET_PATH } from './paths.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { FileProblem, Schedule, WorkflowFile } from './schedule.ts';
import {
  literalRange,
  readScheduleUses,
  type ScheduleReading,
  sameCron,
  strayMention,
} from './schedule-literals.ts';
import { orderInComment, orderInHeadComment } from './written-order.ts';

/** Most directives far from any cron that are told of a file. */
const MOST_STRAY = 20;

const WHERE_IT_BELONGS = 'Write it beside a cron, or right above `schedule:` for all crons of the file.';
const STRAY = `The \`offbeat:\` comment stands beside no cron, so it has no effect. ${WHERE_IT_BELONGS}`;
const STRAY_PIN =
  'The `offbeat:` comment stands beside no cron, where it is easily overlooked: its `pin` holds for all crons of ' +
  `the file, and nothing else in it has an effect. ${WHERE_IT_BELONGS}`;

const DEFAULT_TIMEZONE = 'UTC';

/** The longest list in public workflows has a few dozen; each entry costs a pass over the file. */
const MAX_SCHEDULES = 200;

/** What was read from a file, with the nodes that an edit needs. */
export interface ReadSource {
  readonly file: WorkflowFile;
  readonly source: YamlSource;
  readonly entries: readonly Entry[];
  readonly uses: ScheduleReading;
  readonly comments: SortedComments;
}

/** Reads one workflow file. Never throws: what cannot be read or rewritten gets a refusal of file or schedule. */
export function readWorkflowFile(path: string, text: string): WorkflowFile {
  return readWorkflowSource(path, text).file;
}

/** As `readWorkflowFile`, with the document it was read from. */
export function readWorkflowSource(path: string, text: string): ReadSource {
  const source = readYaml(text);
  const { document } = source;
  const items = document === undefined ? [] : entriesOf(document);
  const entries = items.slice(0, MAX_SCHEDULES);
  const refusal =
    source.refusal ??
    whyGenerated(path, source) ??
    (items.length > MAX_SCHEDULES
      ? refuse('too-large', { detail: `more than ${MAX_SCHEDULES} schedules` })
      : whyMisplaced(source, entries));
  const uses = readScheduleUses(source);
  const comments = sortComments(source, entries);
  const whole = wholeDirectives(comments);
  const reading: Reading = { path, source, entries, uses, comments, whole, refusal };
  const schedules = entries.map((entry) => readSchedule(reading, entry));
  // With an unreadable document the plain values may not exist; schedules are read node by node.
  const values = document === undefined || source.refusal !== undefined ? undefined : plainValues(document);
  const problems =
    entries.length === 0 || source.refusal !== undefined
      ? []
      : [...strayDirectives(comments), ...brokenNeeds(source, values)];
  const triggers = triggersOf(document);
  const file: WorkflowFile = {
    path,
    name: scalarText(childOf(document?.contents, 'name')) || path,
    schedules,
    ...(refusal === undefined ? {} : { refusal }),
    ...(problems.length === 0 ? {} : { problems }),
    jobs: jobsOf(values),
    concurrencyGroup: concurrencyGroupOf(values),
    ...(runsOffbeat(values) ? { runsOffbeat: true } : {}),
    otherTriggers: triggerNames(triggers).filter((name) => name !== 'schedule'),
    runsAfter: textsOf(childOf(childOf(triggers, 'workflow_run'), 'workflows')),
  };
  return { file, source, entries, uses, comments };
}

function whyGenerated(path: string, source: YamlSource): Refusal | undefined {
  if (!isGeneratedFile(path, headComments(source))) return undefined;
  const mend = 'Offbeat writes it: it catches the ticks of the workflows on time.';
  return refuse('generated-file', path === NET_PATH ? { mend } : {});
}

/** The directives for all schedules. A `pin` holds wherever it stands: a cron that somebody pinned never moves. */
function wholeDirectives({ whole, elsewhere }: SortedComments): ReadDirectives {
  const read = readDirectives(whole);
  return elsewhere.some(isStrayPin) ? { ...read, directives: { ...read.directives, pin: true } } : read;
}

/** Directives that stand where they are easily overlooked and where all but `pin` have no effect. */
function strayDirectives({ elsewhere }: SortedComments): readonly FileProblem[] {
  return elsewhere
    .filter(isStrayDirective)
    .slice(0, MOST_STRAY)
    .map((comment) => ({
      ...(isStrayPin(comment)
        ? { kind: 'stray-pin' as const, sentence: STRAY_PIN }
        : { kind: 'directive' as const, sentence: STRAY }),
      line: comment.line,
      column: comment.textColumn,
    }));
}

/** What is the same for all schedules of a file. */
interface Reading extends Omit<ReadSource, 'file'> {
  readonly path: string;
  /** Directives that hold for all entries. */
  readonly whole: ReadDirectives;
  /** Set where the whole file is refused. */
  readonly refusal: Refusal | undefined;
}

function readSchedule(reading: Reading, entry: Entry): Schedule {
  const { path, source, comments, whole } = reading;
  const { line, column } = source.placeOf(entry.cron ?? entry.node);
  const cron = entry.cron === undefined ? '' : String(entry.cron.value);
  const own = comments.own[entry.index] ?? [];
  const ownDirectives = readDirectives(own);
  const human = humanText(own);
  const writtenOrder = orderOf(human, comments, cron);
  const directives = { ...whole.directives, ...ownDirectives.directives };
  const timezone = isScalar(entry.timezone) ? String(entry.timezone.value) : DEFAULT_TIMEZONE;
  const refusal =
    reading.refusal ??
    whyUnwritable(source, entry) ??
    whyWrongCron(cron, { line, column }) ??
    whyWrongTimezone(source, entry) ??
    ownDirectives.refusal ??
    whole.refusal ??
    whyExpression(reading, entry, cron) ??
    (directives.pin === true ? refuse('pinned', { line, column }) : undefined);
  return {
    path,
    index: entry.index,
    cron,
    timezone,
    line,
    column,
    directives,
    ...present({ comment: human || undefined, writtenOrder, refusal }),
  };
}

/** What comments say of a schedule's place among other things: its own, those above all entries, the file's head. */
function orderOf(own: string, { above, head }: SortedComments, cron: string): string | undefined {
  // That it runs at its own cron is no order.
  const withoutCron = (text: string) => (cron === '' ? text : text.replaceAll(cron, '…'));
  return (
    orderInComment(withoutCron(own)) ??
    orderInComment(withoutCron(humanText(above))) ??
    orderInHeadComment(humanText(head))
  );
}

/** Refuses an entry for how it is written, whatever its cron. */
function whyUnwritable(source: YamlSource, entry: Entry): Refusal | undefined {
  const place = source.placeOf(entry.cron ?? entry.node);
  if (entry.shared) return refuse('alias-or-anchor', place);
  if (!entry.listed) {
    const isDashed = entry.unknownKey !== undefined && String(entry.unknownKey.value).startsWith('-');
    return refuse('invalid-cron', {
      ...place,
      detail: '`schedule` is no list',
      mend: isDashed ? 'Write a space behind the dash before `cron`.' : 'Write a dash before `cron`.',
    });
  }
  if (entry.cron === undefined || entry.cron.value === null) return whyWithoutCron(source, entry);
  if (entry.unknownKey !== undefined) {
    const suggested = isMap(entry.node) ? entryKeyMeantBy(entry.unknownKey, entry.node) : undefined;
    return refuse('invalid-cron', {
      ...source.placeOf(entry.unknownKey),
      detail: `${quoted(String(entry.unknownKey.value))} is no key of a schedule`,
      mend:
        suggested === undefined ? 'Remove it: GitHub knows `cron` and `timezone`.' : didYouMean(suggested),
    });
  }
  const [start, end] = entry.cron.range ?? [0, 0];
  const { type } = entry.cron;
  if (
    type === Scalar.BLOCK_FOLDED ||
    type === Scalar.BLOCK_LITERAL ||
    source.text.slice(start, end).includes('\n')
  ) {
    return refuse('block-scalar', place);
  }
  const text = String(entry.cron.value);
  if (/\$\{\{/.test(text)) {
    const detail = 'GitHub evaluates no expression in a cron';
    return refuse('invalid-cron', { ...place, detail, mend: 'Write the five fields out.' });
  }
  return /\{\{|<%|\$\{/.test(text) ? refuse('templated', place) : undefined;
}

/** Refuses an entry without a readable `cron`, with what was most likely meant by what stands there. */
function whyWithoutCron(source: YamlSource, { node, unknownKey }: Entry): Refusal {
  const refused = (at: Node | undefined, detail: string, mend: string): Refusal =>
    refuse('invalid-cron', { ...source.placeOf(at), detail, mend });
  const listed = isMap(node) ? childOf(node, 'cron') : undefined;
  if (isSeq(listed)) {
    return refused(listed, 'the `cron` is a list', 'Write an entry with a `cron` of its own for each.');
  }
  if (isMap(listed)) return refused(listed, 'the `cron` is no text', `Write \`cron: ${EXAMPLE}\`.`);
  if (isSeq(node)) return refused(node, 'the entry is a list', 'Write one dash before `cron`.');
  if (isMap(node) && unknownKey !== undefined && entryKeyMeantBy(unknownKey, node) === 'cron') {
    const detail = `the entry has no \`cron\`, and ${quoted(String(unknownKey.value))} is no key of a schedule`;
    return refused(unknownKey, detail, didYouMean('cron'));
  }
  const written = isScalar(node) ? String(node.value ?? '').trim() : '';
  const text = written.replace(CRON_WITHOUT_COLON, '').replace(/^["']|["']$/g, '');
  return refused(
    node,
    'the entry has no `cron`',
    `Write \`- cron: ${text === '' ? EXAMPLE : quoted(text)}\`.`,
  );
}

/** What stands before the five fields where the colon behind `cron`, or the space behind that, was left out. */
const CRON_WITHOUT_COLON = /^["']?cron\b["']?\s*[:=]?\s*/i;

const EXAMPLE = '"17 3 * * *"';

function whyWrongCron(text: string, place: Place): Refusal | undefined {
  let cron: Cron;
  try {
    cron = parseCron(text);
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    return refuse('invalid-cron', {
      ...place,
      detail: lowerFirst(error.message.replace(/\.$/, '')),
      mend: error.fix,
    });
  }
  // `*/2` and `1-31` count as restrictions: how GitHub treats them is not documented.
  const [, , dayOfMonth, , dayOfWeek] = text.split(' ').filter((field) => field !== '');
  if (dayOfMonth !== '*' && dayOfWeek !== '*') {
    const starred = [dayOfMonth, dayOfWeek].find((field) => field?.startsWith('*'));
    if (starred === undefined) return refuse('both-day-fields', place);
    const detail = `with "${starred}" perhaps by "and", as other crons do`;
    return refuse('both-day-fields', { ...place, detail });
  }
  return neverFires(cron) ? refuse('never-fires', place) : undefined;
}

function whyWrongTimezone(source: YamlSource, entry: Entry): Refusal | undefined {
  const { timezone } = entry;
  if (timezone === undefined) return undefined;
  if (isScalar(timezone) && typeof timezone.value === 'string' && isTimezone(timezone.value))
    return undefined;
  const name = isScalar(timezone) && timezone.value !== null ? String(timezone.value) : '';
  return refuse('invalid-timezone', {
    ...source.placeOf(timezone),
    detail: name === '' ? 'nothing stands there' : quoted(name),
    mend: howToNameZone(name),
  });
}

function whyExpression({ source, entries, uses }: Reading, entry: Entry, cron: string): Refusal | undefined {
  if (uses.refusal !== undefined) return uses.refusal;
  const refused = (node: Node, detail: string): Refusal =>
    refuse('schedule-expression', { ...source.placeOf(node), detail });
  const compared = uses.literals.filter((literal) => sameCron(literal.cron, cron));
  const [first] = compared;
  const sameCronEntry = entries.find(
    (other) => other.index !== entry.index && sameCron(String(other.cron?.value ?? ''), cron),
  );
  if (first !== undefined && sameCronEntry !== undefined) {
    return refused(first.node, 'two entries have the cron that is compared here');
  }
  const hidden = compared.find((literal) => literalRange(source.text, literal) === undefined);
  if (hidden !== undefined) return refused(hidden.node, 'the comparison is written with YAML escapes');
  const crons = new Set<Node>(entries.flatMap((other) => other.cron ?? []));
  const stray = strayMention(cron, crons, uses);
  return (
    stray && refused(stray, 'the same cron text stands here too, where it may be compared with the schedule')
  );
}
