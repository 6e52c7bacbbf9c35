import { type Document, numeric, table } from './document.ts';
import { code, enumeration, type Inline, words } from './inline.ts';
import { billedMinutes, dollars } from './money.ts';
import { fileName } from './move-words.ts';
import { count, percent } from './quantity.ts';

interface MoneyView {
  readonly minutes: number;
  readonly usd: number;
}

export interface WorkflowCostView {
  readonly path: string;
  readonly source: 'jobs' | 'runs';
  readonly per_run: MoneyView;
  readonly months: readonly (MoneyView & { readonly month: string })[];
  readonly next_month: {
    readonly minutes: number;
    readonly minutes_low: number;
    readonly minutes_high: number;
    readonly usd: number;
    readonly usd_low: number;
    readonly usd_high: number;
  } | null;
  readonly impact: {
    readonly level: string;
    readonly value: number;
    readonly share: number;
    readonly crowding: number;
  };
}

export interface CostView {
  readonly billed: boolean;
  readonly workflows: readonly WorkflowCostView[];
  readonly next_month: MoneyView;
  readonly left_out: readonly string[];
}

const MONTHS_SHOWN = 3;
const LEFT_OUT_SHOWN = 5;

/** What workflows take of runners and money, the one with the largest impact first. */
export function renderCost(view: CostView): Document {
  if (view.workflows.length === 0) return ['No run is known of which a cost can be told.'];
  const { billed } = view;
  const say = ({ minutes, usd }: MoneyView): string => (billed ? dollars(usd) : billedMinutes(minutes));
  return [
    `The month ahead takes about ${billedMinutes(view.next_month.minutes)} as GitHub bills them${
      billed ? `, ${dollars(view.next_month.usd)}` : '; nothing of it is billed here'
    }.`,
    leftOut(view.left_out),
    table(
      [
        'Workflow',
        numeric('A run'),
        ...lastMonths(view).map((month) => numeric(month)),
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

function lastMonths({ workflows }: CostView): readonly string[] {
  const months = new Set(workflows.flatMap((one) => one.months.map(({ month }) => month)));
  return [...months].sort().slice(-MONTHS_SHOWN);
}

function intervalWords(
  { minutes_low, minutes_high, usd_low, usd_high }: NonNullable<WorkflowCostView['next_month']>,
  billed: boolean,
): string {
  return billed
    ? `${dollars(usd_low)} to ${dollars(usd_high)}`
    : `${Math.round(minutes_low).toLocaleString('en-US')} to ${billedMinutes(minutes_high)}`;
}

/** How much an impact weighs, in words and figures. */
export function impactWords({
  impact: { level, share, crowding },
}: Pick<WorkflowCostView, 'impact'>): string {
  const crowded = crowding > 1.05 ? `, crowding × ${crowding.toFixed(1)}` : '';
  return `${level}, ${percent(share)} of all${crowded}`;
}
