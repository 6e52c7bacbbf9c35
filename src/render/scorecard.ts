import type { Comparison, Figure, Scorecard, Span } from '../scorecard/scorecard.ts';
import { type Block, type Document, details, numeric, numerics, type Row, table } from './document.ts';
import { code, type Inline, joined, LINE_BREAK } from './inline.ts';
import { fileName } from './move-words.ts';
import { count, instant, interval95, minutes, percent, seconds } from './quantity.ts';
import { stateWords } from './report-words.ts';
import { toMarkdown } from './to-markdown.ts';

const NBSP = '\u00a0';
const NOT_MEASURED = 'not measured';
const NO_COMPARISON = 'no comparison possible';
/** Workflows that an answer lists; the data has them all. */
const WORKFLOWS_SHOWN = 20;
/** A comparison of fewer of the runs tells of some workflows, and not whether the repository meets a target. */
const LEAST_COMPARED_SHARE = 0.5;

interface MeasureWords {
  readonly name: string;
  readonly shown: (value: number) => string;
  /** Words for a positive difference. */
  readonly difference: (value: number) => string;
  /** The target: the change as a share, negative for less; missing where none is set. */
  readonly target?: number;
}

const points = (value: number): string => `${Math.round(100 * value)}${NBSP}points`;
const asShare = { shown: percent, difference: points };
const asMinutes = { shown: minutes, difference: minutes };

const MEASURE_WORDS: Readonly<Record<Figure['measure'], MeasureWords>> = {
  'on-time': { name: 'Ticks started within 5 min', ...asShare },
  waiting: { name: 'Wait for a start, mean', ...asMinutes },
  completion: { name: 'From tick to end, mean', ...asMinutes, target: -0.3 },
  overlap: { name: 'Beside other runs, a run', ...asMinutes, target: -0.2 },
  'finish-by': { name: 'Finish-by kept', ...asShare },
  failures: { name: 'Failures', ...asShare },
  cost: { name: 'Runner minutes, a run', ...asMinutes, target: -0.15 },
};

/** Offbeat's gain in one sentence, then every figure with its comparison and its target. */
export function renderScorecard(view: Scorecard): Document {
  const { recent, sinceInstallation } = view;
  return [
    gainSentence(recent, 'In the last 30 days'),
    gainSentence(sinceInstallation, `Since ${instant(sinceInstallation.from)}`),
    figureTable(view),
    'Compared with what would have been: GitHub’s own run for the same tick (paired), or what the time before and ' +
      'the unchanged schedules of the same days lead to expect. Ranges hold the true value in 95 of 100 cases.',
    forecastTable(view),
    details('Forecasts by workflow, last 30 days', workflowTable(view)),
    details('Offbeat’s own work', ownTable(view)),
  ];
}

/** Title and text of the issue that carries the monthly comments. */
export const SCORECARD_TITLE = 'What Offbeat has brought';
export const SCORECARD_INTRODUCTION =
  'A comment follows at the beginning of each month. Closing this issue ends nothing: `scorecard: off` in ' +
  '`.github/offbeat.yml` does.';

/** The comment of a month (`2026-11`), and the text that it is known again by. */
export function renderScorecardComment(
  view: Scorecard,
  month: string,
): { readonly body: string; readonly once: string } {
  const once = `<!-- offbeat:scorecard ${month} -->`;
  return { body: `${once}\n${toMarkdown(renderScorecard(view))}`, once };
}

function gainSentence({ hoursSaved, figures }: Span, when: string): string {
  const runs = figures.find(({ measure }) => measure === 'waiting')?.comparisons ?? [];
  if (hoursSaved === null) {
    return (
      `${when}: ${NO_COMPARISON}. A comparison needs five days of runs. It compares a workflow on time with ` +
      'GitHub’s own runs for the same ticks, or a moved schedule with one that was not changed.'
    );
  }
  const { hours, interval } = hoursSaved;
  const saved = hours < 0 ? 'more waiting than without Offbeat' : 'of waiting saved';
  const over = count(
    runs.reduce((sum, one) => sum + one.runs, 0),
    'run',
  );
  const between =
    interval === null
      ? 'too few days for a range, or all alike'
      : interval95(minutes(interval[0] * 60), minutes(interval[1] * 60));
  return `${when}: ${minutes(Math.abs(hours) * 60)} ${saved} in ${over} (${between}).`;
}

function figureTable({ recent, sinceInstallation }: Scorecard): Block {
  return table(
    ['Measure', numeric('Last 30 days'), 'Compared', 'Since installation', 'Target'],
    recent.figures.map((figure): Row => {
      const { name, target } = MEASURE_WORDS[figure.measure];
      const whole = sinceInstallation.figures.find(({ measure }) => measure === figure.measure);
      return [
        name,
        valueWords(figure),
        comparisonWords(figure),
        whole === undefined ? NOT_MEASURED : joined([valueWords(whole), comparisonWords(whole)], LINE_BREAK),
        target === undefined ? '–' : targetWords(target, figure),
      ];
    }),
  );
}

function valueWords({ measure, value, runs }: Figure): string {
  return value === null ? NOT_MEASURED : `${MEASURE_WORDS[measure].shown(value)} (${count(runs, 'run')})`;
}

function comparisonWords({ measure, value, runs, comparisons }: Figure): Inline {
  if (value === null) return '–';
  if (comparisons.length === 0) return NO_COMPARISON;
  return joined(
    comparisons.map((one) => oneComparison(measure, runs, one)),
    LINE_BREAK,
  );
}

function oneComparison(
  measure: Figure['measure'],
  all: number,
  { basis, difference, interval, runs }: Comparison,
): string {
  const shown = (value: number): string => signed(MEASURE_WORDS[measure].difference, value);
  const range = interval === null ? '' : ` (${shown(interval[0])} to ${shown(interval[1])})`;
  const ofWhat = basis === 'paired' ? 'paired' : 'beside unchanged schedules';
  return `${shown(difference)}${range}, ${runsOf(runs, all)} ${ofWhat}`;
}

/** `10 of 193 runs`, or `10 runs` where those are all. */
function runsOf(compared: number, all: number): string {
  return compared < all ? `${compared.toLocaleString('en')} of ${count(all, 'run')}` : count(compared, 'run');
}

function signed(shown: (value: number) => string, value: number): string {
  const size = shown(Math.abs(value));
  // What is shown as nothing has no sign.
  return size === shown(0) ? size : `${value < 0 ? '−' : '+'}${size}`;
}

function targetWords(target: number, { comparisons, runs: all }: Figure): string {
  const known = comparisons.flatMap(({ relative, runs }) => (relative === null ? [] : [{ relative, runs }]));
  const runs = known.reduce((sum, one) => sum + one.runs, 0);
  const wanted = `−${percent(-target)}`;
  if (runs === 0) return `${wanted}: ${NOT_MEASURED}`;
  const reached = known.reduce((sum, one) => sum + one.relative * one.runs, 0) / runs;
  if (runs < LEAST_COMPARED_SHARE * all) {
    return `${wanted}: ${signed(percent, reached)} in ${runsOf(runs, all)}, too few for the repository`;
  }
  return `${wanted}: ${signed(percent, reached)}, ${metWord(reached <= target)}`;
}

function metWord(isMet: boolean): string {
  return isMet ? 'met' : 'not met';
}

function forecastTable({ recent, sinceInstallation }: Scorecard): Block {
  const row = (name: string, read: (span: Span) => string, target = '–'): Row => [
    name,
    read(recent),
    read(sinceInstallation),
    target,
  ];
  const { accuracy_score: score } = recent.forecasts;
  return table(
    ['Measure', numeric('Last 30 days'), numeric('Since installation'), 'Target'],
    [
      row(
        'Accuracy score of forecasts',
        ({ forecasts }) => scoreWords(forecasts.accuracy_score),
        `above 85${NBSP}%: ${score === null ? NOT_MEASURED : metWord(score > 85)}`,
      ),
      row('Mean absolute error', ({ forecasts: { mae_seconds: mae } }) =>
        mae === null ? NOT_MEASURED : seconds(mae),
      ),
      row('Mean error in percent', ({ forecasts: { mape_percent: mape } }) => scoreWords(mape)),
      row('Forecasts', ({ forecasts }) => forecasts.forecasts.toLocaleString('en')),
      row('Verdicts on merged pull requests', verdictWords),
    ],
  );
}

function scoreWords(value: number | null): string {
  return value === null ? NOT_MEASURED : `${value.toFixed(1)}${NBSP}%`;
}

function verdictWords({ verdicts }: Span): string {
  const kinds = ['improved', 'no-difference', 'worse', 'inconclusive', 'rolled-back'] as const;
  const given = kinds
    .filter((kind) => verdicts[kind] > 0)
    .map((kind) => `${verdicts[kind]} ${stateWords(kind)}`);
  return given.length === 0 ? 'none yet' : given.join(', ');
}

function workflowTable({ workflows }: Scorecard): Block {
  return table(
    ['Workflow', ...numerics('Forecasts', 'Score', 'Mean error', 'Mean absolute error')],
    workflows
      .slice(0, WORKFLOWS_SHOWN)
      .map((one) => [
        code(fileName(one.path)),
        one.forecasts,
        scoreWords(one.accuracy_score),
        scoreWords(one.mape_percent),
        one.mae_seconds === null ? NOT_MEASURED : seconds(one.mae_seconds),
      ]),
  );
}

function ownTable({ own }: Scorecard): Block {
  const { decisions, thumbs, overhead } = own;
  const total = overhead === null ? null : overhead.reduce((sum, { share }) => sum + share, 0);
  const votes = thumbs === null ? 0 : thumbs.up + thumbs.down;
  return table(
    ['Measure', 'Measured', 'Target'],
    [
      measured(
        'Planning of a decision, median',
        decisions.planningMs,
        milliseconds,
        'below 100 ms',
        (ms) => ms < 100,
      ),
      measured('Decisions planned within 100 ms', decisions.quick, percent),
      measured(
        'A decision beside planning, median',
        decisions.besideMs,
        milliseconds,
        'below 5 ms',
        (ms) => ms < 5,
      ),
      measured('Time to take a move back', own.rollbackSeconds, seconds, 'below 30 s', (value) => value < 30),
      measured('Own work, share of a core', total, fine, `below 1${NBSP}%`, (value) => value < 0.01),
      ...(overhead ?? []).map(({ part, share }) => measured(`– ${part}`, share, fine)),
      measured('Deliveries that failed', own.errorRate, fine, `below 1${NBSP}%`, (value) => value < 0.01),
      measured('Up', own.uptime, fine, `99.9${NBSP}%`, (value) => value >= 0.999),
      measured(
        'Thumbs up, of reactions to pull requests',
        thumbs === null || votes === 0 ? null : thumbs.up / votes,
        (value) => `${percent(value)} of ${votes}`,
      ),
    ],
  );
}

function measured(
  name: string,
  value: number | null,
  shown: (value: number) => string,
  target = '–',
  isMet: (value: number) => boolean = () => true,
): Row {
  if (value === null) return [name, NOT_MEASURED, target];
  return [name, shown(value), target === '–' ? target : `${target}: ${metWord(isMet(value))}`];
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}${NBSP}ms`;
}

function fine(share: number): string {
  return `${(100 * share).toFixed(2)}${NBSP}%`;
}
