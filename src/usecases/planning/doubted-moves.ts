import { CRON_PARSER, type CronPeer } from '../../cron/cron-parser-peer.ts';
import { parseCron } from '../../cron/parse.ts';
import { tickDifference } from '../../cron/second-opinion.ts';
import type { ScheduleDecision } from '../../plan/decision.ts';

type Move = Pick<ScheduleDecision, 'key' | 'timezone' | 'outcome' | 'to'>;

/** A move to a cron for which another cron engine expects other ticks than ours. */
export interface DoubtedMove {
  readonly key: string;
  readonly to: string;
  /** A clause that names the cron, the zone and the first difference. */
  readonly detail: string;
}

/** The moves whose new cron ticks differently in another engine. `now` is epoch ms. */
export function doubtedMoves(
  schedules: readonly Move[],
  now: number,
  peer: CronPeer = CRON_PARSER,
): readonly DoubtedMove[] {
  return schedules.flatMap(({ key, timezone, outcome, to }) => {
    if (outcome !== 'move') return [];
    const difference = tickDifference(parseCron(to), timezone, now, peer);
    return difference === null ? [] : [{ key, to, detail: difference.detail }];
  });
}
