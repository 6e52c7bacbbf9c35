import type { ScheduleDecision, SlotForecast } from '../plan/decision.ts';
import { code, enumeration, type Inline, joined, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { count } from './quantity.ts';

/** A row of the schedules, as far as it has figures or not. */
interface ScheduleRow {
  readonly path: string;
  readonly runsSeen: number;
  readonly outlook: SlotForecast | null;
  readonly isTimed?: false | undefined;
  readonly outcome: ScheduleDecision['outcome'] | null;
}

/** Schedules of one cause that are named; of more the rest is counted. */
const MAX_NAMED = 3;

/** Why figures of a schedule are missing, of one and of several, in the order in which the causes are looked for. */
const CAUSES = {
  'left-alone': [
    'is left alone, so nothing is forecast of it',
    'are left alone, so nothing is forecast of them',
  ],
  'not-run': ['has had no scheduled run', 'have had no scheduled run'],
  undecided: ['is not decided yet', 'are not decided yet'],
  'without-outcome': ['has no run that succeeded or failed', 'have no run that succeeded or failed'],
  untimed: ['has no run whose duration is known', 'have no run whose duration is known'],
} as const;

function causeOf({ outlook, outcome, runsSeen, isTimed }: ScheduleRow): keyof typeof CAUSES | null {
  if (outlook !== null) return isTimed === false ? 'untimed' : null;
  if (outcome === 'refused') return 'left-alone';
  if (runsSeen === 0) return 'not-run';
  return outcome === null ? 'undecided' : 'without-outcome';
}

/** Says of each row with a dash in place of a figure why it has none; empty where every row has all figures. */
export function whyNoForecast(schedules: readonly ScheduleRow[]): Inline {
  const byCause = Map.groupBy(schedules, causeOf);
  const clauses = (Object.keys(CAUSES) as (keyof typeof CAUSES)[]).flatMap((cause) => {
    const files = [...new Set((byCause.get(cause) ?? []).map(({ path }) => path))];
    return files.length === 0 ? [] : [words`${named(files)} ${CAUSES[cause][files.length === 1 ? 0 : 1]}`];
  });
  return clauses.length === 0 ? '' : words`“–”: ${joined(clauses, '; ')}.`;
}

function named(files: readonly string[]): Inline {
  // One more name is no longer than its count.
  const shown = files.length === MAX_NAMED + 1 ? files : files.slice(0, MAX_NAMED);
  const left = files.length - shown.length;
  const names = shown.map((path) => code(fileName(path)));
  return enumeration(left === 0 ? names : [...names, count(left, 'other')]);
}
