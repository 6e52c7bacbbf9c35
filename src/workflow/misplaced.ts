import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { quoted } from '../cron/quoted.ts';
import type { YamlSource } from './document.ts';
import { childOf, type Entry, scheduleKeyOffset, triggersOf } from './entries.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './schedule.ts';

/**
 * Why GitHub finds no whole schedule where a part of one is written: a `timezone` beside `schedule` or as an entry of
 * its own, or no entry at all. Either makes the file invalid there, with all its schedules.
 */
export function whyMisplaced(source: YamlSource, entries: readonly Entry[]): Refusal | undefined {
  const { document } = source;
  if (document === undefined) return undefined;
  const triggers = triggersOf(document);
  return (
    timezoneBeside(source, triggers) ??
    timezoneAlone(source, entries) ??
    (entries.length === 0 ? withoutEntry(source, triggers) : undefined)
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
  const alone = entries.slice(1).find(({ cron, timezone }) => cron === undefined && timezone !== undefined);
  if (alone === undefined) return undefined;
  return refuse('invalid-schedule', {
    ...source.position(alone.node?.range?.[0] ?? 0),
    detail: '`timezone` is an entry of its own',
    mend: 'Remove the dash before it, so that it belongs to the `cron` above.',
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

/** Where `schedule` is named without any value: `on: schedule`, `on: [push, schedule]`. */
function offsetOfName(triggers: Node | undefined): number | undefined {
  const names = isSeq(triggers) ? triggers.items : [triggers];
  const name = names.find((one) => isScalar(one) && one.value === 'schedule');
  return isScalar(name) ? name.range?.[0] : undefined;
}
