import { isMap, isScalar, type Node, Scalar, visit } from 'yaml';
import { parseCron } from '../cron/parse.ts';
import { OffbeatError } from '../errors.ts';
import { editComment, givesReason } from './comment-edits.ts';
import { withoutDirective } from './directives.ts';
import type { SourceComment, YamlSource } from './document.ts';
import type { Entry } from './entries.ts';
import { type ReadSource, readWorkflowSource } from './read.ts';
import { literalRange, type ScheduleLiteral, sameCron } from './schedule-literals.ts';
import { type Splice, withSplices } from './source-places.ts';

export interface CronEdit {
  /** 0-based place in the file's `on.schedule` list. */
  readonly index: number;
  readonly to: string;
}

/**
 * The file's text with other crons. Quotes stay, strings that `github.event.schedule` is compared with change with the
 * cron, and so do comments that tell the old time; every other byte is as it was. The result is read again and compared
 * value by value. Throws `cron-invalid` for a cron that GitHub would not accept, `workflow-refused` where a schedule
 * may not be rewritten, `edit-unproven` where the text has no such schedule or the result does not read as intended.
 */
export function editWorkflowFile(path: string, text: string, edits: readonly CronEdit[]): string {
  const before = readWorkflowSource(path, text);
  const wanted = wantedCrons(before, edits);
  const splices = [
    ...[...wanted].flatMap(([index, to]) => splicesFor(before, index, to)),
    ...editedComments(before, wanted).flatMap(({ splice }) => splice ?? []),
  ];
  const edited = spliced(text, splices, path);
  verifyEdit(before, readWorkflowSource(path, edited), wanted);
  return edited;
}

/** The comments whose times may be false after these edits: their meaning is unknown. Throws as `editWorkflowFile`. */
export function staleComments(
  path: string,
  text: string,
  edits: readonly CronEdit[],
): readonly { readonly line: number; readonly time: string }[] {
  const before = readWorkflowSource(path, text);
  return editedComments(before, wantedCrons(before, edits)).flatMap(({ line, stale }) =>
    stale === undefined ? [] : [{ line, time: stale }],
  );
}

/** The comments that get another time and may give a reason for the old one. Throws as `editWorkflowFile`. */
export function reasonsInComments(
  path: string,
  text: string,
  edits: readonly CronEdit[],
): readonly { readonly line: number; readonly text: string }[] {
  const before = readWorkflowSource(path, text);
  return editedComments(before, wantedCrons(before, edits)).flatMap(({ line, splice, was }) =>
    splice !== undefined && givesReason(was) ? [{ line, text: was.trim() }] : [],
  );
}

/** Whether a comparison of the file with `github.event.schedule` changes along. Throws as `editWorkflowFile`. */
export function editsComparison(path: string, text: string, edits: readonly CronEdit[]): boolean {
  const { file, uses } = readWorkflowSource(path, text);
  const moved = edits.flatMap(({ index }) => file.schedules[index]?.cron ?? []);
  return uses.literals.some(({ cron }) => moved.some((from) => sameCron(cron, from)));
}

interface EditedCommentAt {
  readonly line: number;
  readonly was: string;
  readonly splice?: Splice;
  readonly stale: string | undefined;
}

/** Comments that speak of moved schedules, with what is written in their place, or the time that is false then. */
function editedComments(
  { source, entries, comments, file }: ReadSource,
  wanted: ReadonlyMap<number, string>,
): readonly EditedCommentAt[] {
  if (wanted.size === 0) return [];
  const moves = file.schedules.map(({ index, cron, timezone, refusal }) => {
    const to = wanted.get(index);
    // What is refused for its cron has none that could be read.
    return to === undefined && refusal !== undefined && refusal.code !== 'pinned'
      ? undefined
      : { from: parseCron(cron), to: parseCron(to ?? cron), timezone };
  });
  const found = [];
  for (const [at, comment] of source.comments.entries()) {
    const owners = [...comments.own.keys()].filter((index) => comments.own[index]?.includes(comment));
    const isAbove = comments.above.includes(comment);
    if (owners.length === 0 && !isAbove && !comments.head.includes(comment)) continue;
    const isOfAll = owners.length === 0 || isAboveAll(comment, comments.own, entries, source);
    const speaksOf = isOfAll ? moves : owners.map((index) => moves[index]);
    const text = withoutDirective(comment);
    const edited = editComment(
      text,
      speaksOf.filter((move) => move !== undefined),
      leadOf(comment, source.comments[at - 1]),
    );
    // At the head of a file many times are told: only what may be a schedule's own is of interest.
    const isFar = owners.length === 0 && !isAbove;
    if (edited.stale !== undefined && isFar && edited.isOldTime === undefined) continue;
    const { line } = comment;
    if (edited.text === text) {
      if (edited.stale !== undefined) found.push({ line, was: text, stale: edited.stale });
      continue;
    }
    const start = comment.offset + comment.textColumn - comment.column;
    const [first, last] = differingRange(text, edited.text);
    found.push({
      line,
      splice: {
        start: start + first,
        end: start + text.length - last,
        text: edited.text.slice(first, edited.text.length - last),
      },
      was: text,
      stale: undefined,
    });
  }
  return found;
}

/** Characters of the line above that a comment can go on from. */
const MOST_LEAD = 200;

/** The line above a comment where its sentence goes on from there; empty where it begins one of its own. */
function leadOf(comment: SourceComment, above: SourceComment | undefined): string {
  const goesOn = above?.ownLine === true && above.line === comment.line - 1 && comment.ownLine;
  if (!goesOn || /^\s*(?:\p{Lu}|https?:)/u.test(comment.text) || /[.;:!?]\s*$/.test(above.text)) return '';
  return `${above.text.trim().slice(-MOST_LEAD)} `;
}

/** Whether a comment stands above the first entry, and the others have none of their own: it tells of all of them. */
function isAboveAll(
  comment: SourceComment,
  own: readonly (readonly SourceComment[])[],
  [first]: readonly Entry[],
  source: YamlSource,
): boolean {
  const start = first?.node?.range?.[0];
  if (start === undefined || !comment.ownLine || own[0]?.includes(comment) !== true) return false;
  return comment.line < source.position(start).line && own.slice(1).every((others) => others.length === 0);
}

/** How many characters two texts have in common at their beginning and at their end. */
function differingRange(before: string, after: string): readonly [first: number, last: number] {
  const shorter = Math.min(before.length, after.length);
  let first = 0;
  while (first < shorter && before[first] === after[first]) first += 1;
  let last = 0;
  while (last < shorter - first && before.at(-1 - last) === after.at(-1 - last)) last += 1;
  return [first, last];
}

/** The new crons by index, without those that change nothing. Throws where one may not be written. */
function wantedCrons(before: ReadSource, edits: readonly CronEdit[]): ReadonlyMap<number, string> {
  const { path, schedules } = before.file;
  const wanted = new Map<number, string>();
  for (const { index, to } of edits) {
    parseCron(to);
    const schedule = schedules[index];
    if (schedule === undefined) throw unproven(path, `it has no schedule number ${index + 1}`);
    if (wanted.has(index)) throw unproven(path, `schedule number ${index + 1} was given two new times`);
    if (schedule.refusal !== undefined) {
      throw new OffbeatError('workflow-refused', schedule.refusal.sentence, {
        where: `${path}:${schedule.line}:${schedule.column}`,
      });
    }
    if (to !== schedule.cron) wanted.set(index, to);
  }
  refuseCollisions(before, wanted);
  return wanted;
}

/** A compared cron must differ from other entries' and from other strings. Throws `workflow-refused`. */
function refuseCollisions(before: ReadSource, wanted: ReadonlyMap<number, string>): void {
  const { file, uses } = before;
  if (!uses.used) return;
  const after = file.schedules.map(({ index, cron }) => wanted.get(index) ?? cron);
  for (const [index, to] of wanted) {
    const hasSameCronEntry = after.some((cron, other) => other !== index && sameCron(cron, to));
    const isCompared = uses.literals.some(
      ({ cron }) => sameCron(cron, to) && !file.schedules.some((schedule) => sameCron(schedule.cron, cron)),
    );
    if (hasSameCronEntry || isCompared) throw comparedElsewhere(file.path, to);
  }
}

/** The error for a new cron that a file compares the schedule with already, for something else. */
export function comparedElsewhere(path: string, cron: string): OffbeatError {
  return new OffbeatError(
    'workflow-refused',
    `"${cron}" is already compared with \`github.event.schedule\` for something else.`,
    { where: path, fix: 'Choose another time.' },
  );
}

function splicesFor(before: ReadSource, index: number, to: string): readonly Splice[] {
  const { source, entries, uses, file } = before;
  const entry = entries[index];
  const scalar = entry?.cron;
  const inBrackets = entry?.flow === true || (isMap(entry?.node) && entry.node.flow === true);
  const from = file.schedules[index]?.cron;
  const range = scalar?.range;
  if (scalar === undefined || from === undefined || range === undefined || range === null) {
    throw unproven(file.path, `the place of schedule number ${index + 1} is not known`);
  }
  return [
    { start: range[0], end: range[1], text: quotedAs(scalar, to, inBrackets) },
    ...comparisonSplices(file.path, source.text, uses.literals, (cron) =>
      sameCron(cron, from) ? to : undefined,
    ),
  ];
}

/** What replaces the crons that a text compares; `newCron` gives the new one, if there is any. */
export function comparisonSplices(
  path: string,
  text: string,
  literals: readonly ScheduleLiteral[],
  newCron: (cron: string) => string | undefined,
): readonly Splice[] {
  return literals.flatMap((literal) => {
    const to = newCron(literal.cron);
    if (to === undefined) return [];
    const place = literalRange(text, literal);
    if (place === undefined) throw unproven(path, 'a comparison with the cron is written with escapes');
    return [{ ...place, text: to }];
  });
}

/** Quotes stay. A plain cron gets some where it would begin like an alias, or hold a comma within brackets. */
function quotedAs(scalar: Scalar, to: string, inBrackets: boolean): string {
  if (scalar.type === Scalar.QUOTE_DOUBLE) return `"${to}"`;
  const plain = scalar.type === Scalar.PLAIN && !to.startsWith('*') && !(inBrackets && to.includes(','));
  return plain ? to : `'${to}'`;
}

/** The text with its splices made. Throws where two overlap. */
export function spliced(text: string, splices: readonly Splice[], path: string): string {
  const inOrder = splices.toSorted((one, other) => one.start - other.start);
  const overlap = inOrder.some(({ start }, at) => start < (inOrder[at - 1]?.end ?? 0));
  if (overlap) throw unproven(path, 'two edits overlap');
  return withSplices(text, inOrder);
}

/** Throws unless every value of the file is what it was, except the crons and the strings compared with them. */
function verifyEdit(before: ReadSource, after: ReadSource, wanted: ReadonlyMap<number, string>): void {
  const { path } = before.file;
  before.file.schedules.forEach((schedule, index) => {
    const now = after.file.schedules[index];
    const cron = wanted.get(index) ?? schedule.cron;
    if (
      now?.cron !== cron ||
      now.timezone !== schedule.timezone ||
      now.refusal?.code !== schedule.refusal?.code
    ) {
      throw unproven(path, `schedule number ${index + 1} does not read "${cron}" afterwards`);
    }
  });
  const expected = valuesOf(before, expectedValues(before, wanted));
  const found = valuesOf(after, new Map());
  const differs = found.findIndex((value, index) => value !== expected[index]);
  if (differs === -1 && found.length === expected.length) return;
  throw unproven(path, 'another value than the cron would change');
}

/** The values that the edited scalars must have afterwards. */
function expectedValues(before: ReadSource, wanted: ReadonlyMap<number, string>): ReadonlyMap<Node, string> {
  const { file, uses } = before;
  const newCron = (literal: string) => {
    const schedule = file.schedules.find(({ cron }) => sameCron(cron, literal));
    return schedule === undefined ? undefined : wanted.get(schedule.index);
  };
  const expected = new Map<Node, string>(
    uses.literals.map(({ node }) => [node, rewrittenValue(file.path, node, uses.literals, newCron)]),
  );
  for (const [index, to] of wanted) {
    const scalar = before.entries[index]?.cron;
    if (scalar !== undefined) expected.set(scalar, to);
  }
  return expected;
}

/** A scalar's value with the crons that it compares replaced; `newCron` gives the new one, if there is any. */
export function rewrittenValue(
  path: string,
  node: Scalar,
  literals: readonly ScheduleLiteral[],
  newCron: (cron: string) => string | undefined,
): string {
  const splices = literals.flatMap((literal): Splice[] => {
    const text = literal.node === node ? newCron(literal.cron) : undefined;
    if (text === undefined) return [];
    const start = literal.start + 1;
    return [{ start, end: start + literal.cron.length, text }];
  });
  return spliced(String(node.value), splices, path);
}

/** Every node of the document in order: scalars by value, the others by kind. */
export function valuesOf(
  { source }: Pick<ReadSource, 'source'>,
  replaced: ReadonlyMap<Node, string>,
): unknown[] {
  const values: unknown[] = [];
  if (source.document === undefined) return values;
  visit(source.document, {
    Node: (_, node) => {
      if (isScalar(node)) values.push(replaced.get(node) ?? node.value);
      else values.push(node.constructor.name, 'source' in node ? node.source : undefined);
    },
  });
  return values;
}

export function unproven(path: string, why: string): OffbeatError {
  return new OffbeatError('edit-unproven', `The edit was not made: ${why}.`, {
    where: path,
    fix: 'Nothing was written; read the file again and plan anew.',
  });
}
