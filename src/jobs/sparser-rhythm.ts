import { ticksPerWeek } from '../cron/gaps.ts';
import { parseCron } from '../cron/parse.ts';
import { mean } from '../statistics.ts';
import type { JobNode } from './graph.ts';
import type { Suggestion, SuggestionSources } from './suggestion.ts';

/** Outcomes of a job that show a habit, and the share of them that were skipped. */
const LEAST_OUTCOMES = 20;
const LEAST_SKIPPED = 0.9;
const WEEKS_A_MONTH = 365.25 / 12 / 7;

/** A cron that ticks at every second time of the given one; `null` where none can be written, as for a daily one. */
export function sparserCron(cron: string): string | null {
  const [minute = '', hour = '', ...days] = cron.trim().split(/ +/);
  const minuteStep = /^\*\/(\d+)$/.exec(minute)?.[1];
  const halved = (step: number, all: number): string | null =>
    all % (2 * step) === 0 ? `*/${2 * step}` : null;
  if (minuteStep !== undefined) {
    const sparser = halved(Number(minuteStep), 60);
    return sparser === null ? null : [sparser, hour, ...days].join(' ');
  }
  if (!/^\d+$/.test(minute)) return null;
  const hourStep = hour === '*' ? 1 : Number(/^\*\/(\d+)$/.exec(hour)?.[1] ?? 0);
  const listed = /^\d+(,\d+)+$/.test(hour) ? hour.split(',') : [];
  const sparser =
    hourStep > 0
      ? halved(hourStep, 24)
      : listed.length > 0 && listed.length % 2 === 0
        ? listed.filter((_, place) => place % 2 === 0).join(',')
        : null;
  return sparser === null ? null : [minute, sparser, ...days].join(' ');
}

/** Schedules whose runs nearly always end without their last jobs: they look, and find nothing to do. */
export function sparserRhythm({ file, graph }: SuggestionSources): readonly Suggestion[] {
  const idle = graph.nodes.filter(isIdle);
  const others = graph.nodes.filter((node) => !isIdle(node));
  const [first] = idle;
  // A job that always runs and stands last does what the workflow is for.
  const isAnyLast = others.some(({ id }) => graph.nodes.every(({ job }) => !job.needs.includes(id)));
  if (first === undefined || isAnyLast) return [];
  const outcomes = outcomesOf(first);
  const minutes = others.flatMap(({ tracks }) =>
    tracks.map(({ billed }) => (billed.length > 0 ? mean(billed) : 0)),
  );
  const minutesPerRun = minutes.reduce((sum, one) => sum + one, 0);
  return file.schedules.flatMap(({ index, cron, refusal }): readonly Suggestion[] => {
    const sparser = refusal === undefined ? sparserCron(cron) : null;
    if (sparser === null) return [];
    const saved =
      (ticksPerWeek(parseCron(cron)) - ticksPerWeek(parseCron(sparser))) * WEEKS_A_MONTH * minutesPerRun;
    return [
      {
        kind: 'rhythm',
        job: null,
        sentence: `Run it half as often: \`${sparser}\` in place of \`${cron}\`.`,
        gainSeconds: 0,
        gain:
          `About ${Math.round(saved)} minutes of runners a month; what it looks for is then found ` +
          `later, by up to one interval.`,
        confidence: outcomes.length / (outcomes.length + LEAST_OUTCOMES),
        evidence: [
          `\`${first.id}\` was skipped in ${skippedIn(outcomes)} of the last ${outcomes.length} runs: ` +
            `they found nothing to do.`,
        ],
        insertion: null,
        described: { kind: 'cron', index, to: sparser },
      },
    ];
  });
}

function isIdle(node: JobNode): boolean {
  const outcomes = outcomesOf(node);
  const isHabit = outcomes.length >= LEAST_OUTCOMES && skippedIn(outcomes) >= LEAST_SKIPPED * outcomes.length;
  return node.needs.length > 0 && isHabit;
}

function outcomesOf({ tracks }: JobNode): string {
  return tracks.map(({ outcomes }) => outcomes).join('');
}

function skippedIn(outcomes: string): number {
  return outcomes.split('k').length - 1;
}
