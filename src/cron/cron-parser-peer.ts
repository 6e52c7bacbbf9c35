import { CronDate, CronExpressionParser } from 'cron-parser';
import { DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH } from './fields.ts';
import { type Cron, fieldTexts } from './parse.ts';

/** Another cron engine, asked for what ours has worked out. Local times are ms, as if the zone were UTC. */
export interface CronPeer {
  /** The first `count` local times after a local time that the cron asks for. Throws where the peer cannot read it. */
  localTimes(cron: Cron, after: number, count: number): readonly number[];
  /** Local time of an instant (epoch ms). */
  localTime(instant: number, timezone: string): number;
}

/** cron-parser, with Luxon's clocks. */
export const CRON_PARSER: CronPeer = {
  localTimes(cron, after, count) {
    const options = { tz: 'UTC', currentDate: new Date(after) };
    const expression = CronExpressionParser.parse(cronParserText(cron), options);
    return Array.from({ length: count }, () => expression.next().getTime());
  },
  localTime(instant, timezone) {
    const date = new CronDate(new Date(instant), timezone);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes());
  },
};

const FIELDS = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK] as const;

/**
 * The cron as cron-parser reads it with GitHub's meaning. cron-parser takes the end of the week to be 7, a second
 * Sunday: `1/6` is Monday alone on GitHub, Monday and Sunday there. It refuses lists that name a value twice (`1-3,2`).
 */
export function cronParserText(cron: Cron): string {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = fieldTexts(cron);
  const values = [cron.minutes, cron.hours, cron.daysOfMonth, cron.months, cron.daysOfWeek];
  return [minute, hour, dayOfMonth, month, dayOfWeek]
    .map((text, place) => {
      if (text.includes(',')) return values[place]?.join(',');
      return text.replace(/^(\w+)\//, `$1-${FIELDS[place]?.max}/`);
    })
    .join(' ');
}
