import { z } from 'zod';
import { GitHubComparison } from '../on-time/compared-with-github.ts';
import { RunnerMinutes } from '../on-time/runner-minutes.ts';
import { TickShares } from '../on-time/shares.ts';
import { MINUTE_MS } from '../time.ts';
import { type Document, details, numeric, table } from './document.ts';
import { code, type Inline, sentence, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { count, instant, interval95, minutes, percent } from './quantity.ts';

/** How one workflow is started, and who has served its ticks of 30 days. */
export const OnTimeWorkflow = z.object({
  path: z.string(),
  mode: z.enum(['rescue', 'punctual']),
  net: z.enum(['own', 'cron', 'none']),
  /** Minutes that GitHub is waited for after a tick; 0 in `punctual`. */
  delayMinutes: z.number(),
  /** Why nothing is started now, in a sentence; `null` where it is. */
  why: z.string().nullable(),
  shares: TickShares,
});
export type OnTimeWorkflow = Readonly<z.infer<typeof OnTimeWorkflow>>;

/** What a report says of workflows that are started on time; of 30 days. */
export const OnTimeReport = z.object({
  workflows: z.array(OnTimeWorkflow),
  /** What GitHub would have done; `null` where nothing tells. */
  beside: GitHubComparison.nullable(),
  minutes: RunnerMinutes,
  /** Standard runners cost nothing in public repositories. */
  areBilled: z.boolean(),
  /** Newest first; instants are epoch ms, `null` where no run is known. */
  newest: z.array(
    z.object({
      path: z.string(),
      tick: z.number(),
      by: z.enum(['offbeat', 'github', 'net', 'person', 'nobody']),
      startedAt: z.number().nullable(),
      githubAt: z.number().nullable(),
    }),
  ),
});
export type OnTimeReport = z.infer<typeof OnTimeReport>;

const SERVERS = {
  offbeat: 'Offbeat',
  github: 'GitHub',
  net: 'the net',
  person: 'a person',
  nobody: 'nobody',
} as const;

/** Who has started the runs of workflows on time, how soon, and what GitHub alone would have done. */
export function renderOnTimeReport(report: OnTimeReport): Document {
  const { workflows, newest } = report;
  return [
    table(
      ['Workflow on time', 'How', numeric('Within 5 min'), numeric('Ticks in 30 days'), 'Started by'],
      workflows.map((one) => [
        code(fileName(one.path)),
        howOf(one),
        shareOf(one.shares),
        String(one.shares.ticks),
        serversOf(one.shares),
      ]),
    ),
    comparisonWords(report),
    costWords(report),
    details(
      'Who has started each of the newest runs',
      table(
        ['Workflow', 'Tick', 'Started by', numeric('After the tick'), numeric('GitHub’s own')],
        newest.map(({ path, tick, by, startedAt, githubAt }) => [
          code(fileName(path)),
          instant(tick),
          SERVERS[by],
          after(tick, startedAt),
          after(tick, githubAt),
        ]),
      ),
    ),
  ];
}

/** The share of ticks whose run was created within five minutes. */
export function shareOf({ ticks, onTime }: TickShares): string {
  return ticks === 0 ? '–' : percent(onTime / ticks);
}

function howOf({ mode, net, delayMinutes, why }: OnTimeWorkflow): Inline {
  const how =
    mode === 'rescue' ? words`rescue after ${minutes(delayMinutes)}` : words`punctual, net: ${code(net)}`;
  return why === null ? how : words`${how}. Not now: ${sentence(why)}`;
}

function serversOf({ by }: TickShares): string {
  const servers = ['offbeat', 'github', 'net', 'person', 'nobody'] as const;
  const named = servers
    .filter((server) => by[server] > 0)
    .map((server) => `${SERVERS[server]} ${by[server]}`);
  return named.length === 0 ? 'no tick yet' : named.join(', ');
}

/** By how much GitHub's scheduler came later for the same ticks. */
export function comparisonWords({ beside }: Pick<OnTimeReport, 'beside'>): string {
  if (beside === null) return '';
  const { ticks, days, laterMinutes, interval } = beside;
  const between =
    interval === null
      ? 'too few days for an interval'
      : `${interval95(minutes(interval[0]), minutes(interval[1]))} for that median`;
  return (
    `For the same ticks GitHub’s own scheduler came ${minutes(laterMinutes)} later in the median ` +
    `(${between}; ${count(ticks, 'tick')} of ${count(days, 'day')}).`
  );
}

function costWords({ minutes: { net, twins }, areBilled }: OnTimeReport): string {
  if (net + twins === 0) return '';
  const bill = areBilled ? 'billed beyond what is included' : 'not billed, as the repository is public';
  return (
    `Beside the runs themselves it took ${minutes(net)} of runners for the net and ${minutes(twins)} for ` +
    `second runs; on standard runners they are ${bill}.`
  );
}

function after(tick: number, at: number | null): string {
  return at === null ? '–' : minutes((at - tick) / MINUTE_MS);
}
