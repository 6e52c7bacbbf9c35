import { z } from 'zod';
import { type Document, numeric, numerics, table } from './document.ts';
import { code, enumeration, type Inline, words } from './inline.ts';
import { billedMinutes, dollars } from './money.ts';
import { fileName } from './move-words.ts';
import { count, percent } from './quantity.ts';

const Amount = z.number().nonnegative();
const Money = z.object({ minutes: Amount, usd: Amount });

const WorkflowCost = z.object({
  path: z.string(),
  workflow_name: z.string(),
  /** `jobs`: each job as it was seen, rounded up to a minute. `runs`: durations of runs times the jobs side by side. */
  source: z.enum(['jobs', 'runs']),
  per_run: Money,
  /** Billed by UTC month as it was observed, oldest first, at the prices of today. */
  months: z.array(Money.extend({ month: z.string() })),
  /** The month ahead, with the interval of nine months in ten; `null` of less than two weeks of runs. */
  next_month: z
    .object({
      runs: Amount,
      minutes: Amount,
      minutes_low: Amount,
      minutes_high: Amount,
      usd: Amount,
      usd_low: Amount,
      usd_high: Amount,
    })
    .nullable(),
  /** Minutes of the next month × USD a minute if billed × crowding: 1 + the share of jobs that wait over a minute. */
  impact: z.object({
    level: z.enum(['low', 'medium', 'high']),
    value: Amount,
    /** Of all workflows here. */
    share: z.number().min(0).max(1),
    crowding: z.number().min(1).max(2),
  }),
});
export type WorkflowCost = z.infer<typeof WorkflowCost>;

/** What the workflows of a repository take of runners and money, the one with the largest impact first. */
export const CostReport = z.object({
  /** Whether a minute costs anything here. */
  billed: z.boolean(),
  workflows: z.array(WorkflowCost),
  /** Of the workflows with two weeks of runs at least. */
  next_month: Money,
  /** Paths of workflow files that the month ahead leaves out, as less than two weeks of runs are known. */
  left_out: z.array(z.string()),
});
export type CostReport = z.infer<typeof CostReport>;

const MONTHS_SHOWN = 3;
const LEFT_OUT_SHOWN = 5;

/** What workflows take of runners and money, the one with the largest impact first. */
export function renderCost(view: CostReport): Document {
  if (view.workflows.length === 0) return ['No run is known of which a cost can be told.'];
  const { billed } = view;
  const say = ({ minutes, usd }: z.infer<typeof Money>): string =>
    billed ? dollars(usd) : billedMinutes(minutes);
  return [
    `The month ahead takes about ${billedMinutes(view.next_month.minutes)} as GitHub bills them${
      billed ? `, ${dollars(view.next_month.usd)}` : '; nothing of it is billed here'
    }.`,
    leftOut(view.left_out),
    table(
      [
        'Workflow',
        numeric('A run'),
        ...numerics(...lastMonths(view)),
        numeric('Month ahead'),
        'Nine in ten',
        'Impact',
      ],
      view.workflows.map((one) => [
        code(fileName(one.path)),
        `${say(one.per_run)}${one.source === 'runs' ? ' *' : ''}`,
        ...lastMonths(view).map((month) => {
          const found = one.months.find((each) => each.month === month);
          return found === undefined ? '–' : say(found);
        }),
        one.next_month === null ? '–' : say(one.next_month),
        one.next_month === null ? '–' : intervalWords(one.next_month, billed),
        impactWords(one),
      ]),
    ),
    'Impact: minutes of the month ahead, times the price of a minute where there is one, times ' +
      'crowding of the runners.',
    view.workflows.some(({ source }) => source === 'runs')
      ? '* From whole runs and the jobs side by side: no job of it has been seen yet.'
      : '',
  ];
}

function leftOut(paths: readonly string[]): Inline {
  if (paths.length === 0) return '';
  const names = paths.slice(0, LEFT_OUT_SHOWN).map((path) => code(fileName(path)));
  const others = paths.length > LEFT_OUT_SHOWN ? ` and ${count(paths.length - LEFT_OUT_SHOWN, 'other')}` : '';
  return words`It leaves out ${enumeration(names)}${others}: less than two weeks of runs are known.`;
}

function lastMonths({ workflows }: CostReport): readonly string[] {
  const months = new Set(workflows.flatMap((one) => one.months.map(({ month }) => month)));
  return [...months].sort().slice(-MONTHS_SHOWN);
}

function intervalWords(
  { minutes_low, minutes_high, usd_low, usd_high }: NonNullable<WorkflowCost['next_month']>,
  billed: boolean,
): string {
  return billed
    ? `${dollars(usd_low)} to ${dollars(usd_high)}`
    : `${Math.round(minutes_low).toLocaleString('en-US')} to ${billedMinutes(minutes_high)}`;
}

/** How much an impact weighs, in words and figures. */
export function impactWords({ impact: { level, share, crowding } }: Pick<WorkflowCost, 'impact'>): string {
  const crowded = crowding > 1.05 ? `, crowding × ${crowding.toFixed(1)}` : '';
  return `${level}, ${percent(share)} of all${crowded}`;
}
