import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { quoted } from '../cron/quoted.ts';
import { didYouMean } from '../nearest-word.ts';
import type { YamlSource } from './document.ts';
import { childOf, type Entry, itemsOf, pairOf, scalarText, scheduleKey, triggersOf } from './entries.ts';
import { isMeantAsOn, isMeantAsSchedule } from './misspelled.ts';
import { type Refusal, refuse } from './refusal.ts';

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
  const timezone = pairOf(triggers, 'timezone');
  if (timezone === undefined) return undefined;
  return refuse('invalid-schedule', {
    ...source.placeOf(timezone.key),
    detail: '`timezone` stands beside `schedule`',
    mend: 'Write it below the `cron` of each entry, as deep as that.',
  });
}

function timezoneAlone(source: YamlSource, entries: readonly Entry[]): Refusal | undefined {
  // What merges another entry has its `cron`; it is refused for the merge key.
  const at = entries.findIndex(
    ({ node, cron, timezone }) => cron === undefined && timezone !== undefined && !childOf(node, '<<'),
  );
  const alone = entries[at];
  // A single entry is refused elsewhere, for its missing `cron`.
  if (alone === undefined || entries.length === 1) return undefined;
  return refuse('invalid-schedule', {
    ...source.placeOf(alone.node),
    detail: '`timezone` is an entry of its own',
    mend:
      at === 0
        ? 'Remove the dash before the `cron` below it, so that both are one entry.'
        : 'Remove the dash before it, so that it belongs to the `cron` above.',
  });
}

const EXAMPLE = '- cron: "17 3 * * *"';

function withoutEntry(source: YamlSource, triggers: Node | undefined): Refusal | undefined {
  // Without any value: `on: schedule`, `on: [push, schedule]`.
  const alone = itemsOf(triggers).find((item) => scalarText(item) === 'schedule');
  const key = scheduleKey(source.document) ?? alone;
  if (key === undefined) return undefined;
  const text = scalarText(childOf(triggers, 'schedule'))?.trim() ?? '';
  return refuse('invalid-schedule', {
    ...source.placeOf(key),
    detail: '`schedule` has no entry',
    mend: `Write one below it, such as \`${text === '' ? EXAMPLE : `- cron: ${quoted(text)}`}\`.`,
  });
}

/** The refusal of a schedule that GitHub does not find: misspelled, in a list of triggers, or below another key. */
function elsewhere({ document, placeOf }: YamlSource, triggers: Node | undefined): Refusal | undefined {
  const root = document?.contents;
  const listed = isSeq(triggers)
    ? triggers.items.flatMap((item) => pairOf(item, 'schedule') ?? [])[0]
    : undefined;
  const refusal = (key: unknown, detail: string, mend: string): Refusal =>
    refuse('invalid-schedule', { ...placeOf(key), detail, mend });
  if (listed !== undefined) {
    const mend = 'Write each trigger as a key below `on`, without a dash.';
    return refusal(listed.key, '`schedule` stands in a list of triggers', mend);
  }
  const misspelled = misspelledTrigger(triggers);
  if (misspelled !== undefined) {
    const mend = `Write \`schedule\`, with entries such as \`${EXAMPLE}\` below it.`;
    return refusal(misspelled, `${quoted(String(misspelled.value))} is no trigger`, mend);
  }
  const outer = pairsOf(triggers).find(([, value]) => isSeq(childOf(value, 'schedule')))?.[0];
  if (outer !== undefined) {
    const name = quoted(String(outer.value));
    return refusal(outer, `\`schedule\` stands below ${name}`, `Write it as deep as ${name}.`);
  }
  const on = triggers === undefined ? pairsOf(root).find((pair) => isMeantAsOn(...pair))?.[0] : undefined;
  if (on !== undefined) {
    return refusal(on, `${quoted(String(on.value))} is no key of a workflow`, didYouMean('on'));
  }
  const atTop = pairOf(root, 'schedule');
  return atTop && refusal(atTop.key, '`schedule` stands beside `on`', 'Write it below `on`.');
}

/** The trigger that is most likely meant as `schedule`: as a key, in a list, or alone. */
function misspelledTrigger(triggers: Node | undefined): Scalar | undefined {
  const found = pairsOf(triggers).find(([{ value: name }, value]) => isMeantAsSchedule(name, value))?.[0];
  return (
    found ??
    itemsOf(triggers)
      .filter((one) => isScalar(one))
      .find(({ value }) => isMeantAsSchedule(value))
  );
}

function pairsOf(node: unknown): readonly (readonly [Scalar, unknown])[] {
  return isMap(node)
    ? node.items.flatMap(({ key, value }) => (isScalar(key) ? [[key, value] as const] : []))
    : [];
}
