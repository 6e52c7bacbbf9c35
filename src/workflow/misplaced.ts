import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { quoted } from '../cron/quoted.ts';
import type { YamlSource } from './document.ts';
import { childOf, type Entry, scheduleKeyOffset, triggersOf } from './entries.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './schedule.ts';

/**
 * The refusal of an incomplete or misplaced schedule: a `timezone` beside `schedule` or as an entry of its own, no
 * entry at all, or `schedule` where it is no trigger. GitHub then refuses the whole file.
 */
export function whyMisplaced(source: YamlSource, entries: readonly Entry[]): Refusal | undefined {
  const { document } = source;
  if (document === undefined) return undefined;
  const triggers = triggersOf(document);
  return (
    timezoneBeside(source, triggers) ??
    timezoneAlone(source, entries) ??
    (entries.length === 0 ? (withoutEntry(source, triggers) ?? elsewhere(source, triggers)) : undefined)
  );
}

function timezoneBeside(source: YamlSource, triggers: Node | undefined): Refusal | undefined {
  if (!isMap(triggers)) return undefined;
  const key = triggers.items.map((pair) => pair.key).find((one) => isScalar(one) && one.value === 'timezone');
  if (!isScalar(key)) return undefined;
  return refuse('invalid-schedule', {
    ...source.position(key.range?.[0] ?? 0),
    detail: '`timezone` stands beside `schedule`',
    mend: 'Write it below the `cron` of each entry, as deep as that.',
  });
}

function timezoneAlone(source: YamlSource, entries: readonly Entry[]): Refusal | undefined {
  // What merges another entry has its `cron`; it is refused for the merge key.
  const at = entries.findIndex(
    ({ node, cron, timezone }) =>
      cron === undefined && timezone !== undefined && !(isMap(node) && childOf(node, '<<')),
  );
  const alone = entries[at];
  // A single entry is refused elsewhere, for its missing `cron`.
  if (alone === undefined || entries.length === 1) return undefined;
  return refuse('invalid-schedule', {
    ...source.position(alone.node?.range?.[0] ?? 0),
    detail: '`timezone` is an entry of its own',
    mend:
      at === 0
        ? 'Remove the dash before the `cron` below it, so that both are one entry.'
        : 'Remove the dash before it, so that it belongs to the `cron` above.',
  });
}

const EXAMPLE = '- cron: "17 3 * * *"';

function withoutEntry(source: YamlSource, triggers: Node | undefined): Refusal | undefined {
  const { document } = source;
  const offset = (document && scheduleKeyOffset(document)) ?? offsetOfName(triggers);
  if (offset === undefined) return undefined;
  const value = isMap(triggers) ? childOf(triggers, 'schedule') : undefined;
  const text = isScalar(value) && typeof value.value === 'string' ? value.value.trim() : '';
  return refuse('invalid-schedule', {
    ...source.position(offset),
    detail: '`schedule` has no entry',
    mend: `Write one below it, such as \`${text === '' ? EXAMPLE : `- cron: ${quoted(text)}`}\`.`,
  });
}

/** Keys that people write instead of `schedule`. */
const MISSPELLED = /^(?:schedules?|crons?)$/i;

/** The refusal of a schedule that GitHub does not find: in a list of triggers, at the top, or with another key. */
function elsewhere({ document, position }: YamlSource, triggers: Node | undefined): Refusal | undefined {
  const root = document?.contents;
  const inList = isSeq(triggers) ? triggers.items.flatMap((item) => keysOfMap(item)) : [];
  const listed = inList.find(({ value }) => value === 'schedule');
  if (listed !== undefined) {
    return refuse('invalid-schedule', {
      ...position(listed.range?.[0] ?? 0),
      detail: '`schedule` stands in a list of triggers',
      mend: 'Write each trigger as a key below `on`, without a dash.',
    });
  }
  const misspelled = keysOfMap(triggers).find(({ value }) => MISSPELLED.test(String(value)));
  if (misspelled !== undefined) {
    return refuse('invalid-schedule', {
      ...position(misspelled.range?.[0] ?? 0),
      detail: `${quoted(String(misspelled.value))} is no trigger`,
      mend: `Write \`schedule\`, with entries such as \`${EXAMPLE}\` below it.`,
    });
  }
  const atTop = keysOfMap(root).find(({ value }) => value === 'schedule');
  if (atTop === undefined) return undefined;
  return refuse('invalid-schedule', {
    ...position(atTop.range?.[0] ?? 0),
    detail: '`schedule` stands beside `on`',
    mend: 'Write it below `on`.',
  });
}

function keysOfMap(node: unknown): readonly Scalar[] {
  return isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [key] : [])) : [];
}

/** Where `schedule` is named without any value: `on: schedule`, `on: [push, schedule]`. */
function offsetOfName(triggers: Node | undefined): number | undefined {
  const names = isSeq(triggers) ? triggers.items : [triggers];
  const name = names.find((one) => isScalar(one) && one.value === 'schedule');
  return isScalar(name) ? name.range?.[0] : undefined;
}
