import { WEEKDAYS } from '../cron/days-in-words.ts';
import { joinWords } from '../cron/join-words.ts';
import { hourTime } from '../time.ts';
import { type Calendar, effectsOf } from './calendar.ts';
import { numberIn } from './number-list.ts';

/** Log units: smaller effects are not worth a sentence. */
const LEAST_EFFECT = Math.log(1.15);
const MOST_SENTENCES = 3;

/** What a series' calendar has shown, the largest effects first, empty for none: "… 3.0 times as long on Mondays." */
export function calendarSentences(calendar: Calendar): readonly string[] {
  const { weekdays, monthDays, hours } = effectsOf(calendar);
  const named = [
    ...WEEKDAYS.map((name, day) => ({ log: numberIn(weekdays, day), when: `on ${name}s` })),
    ...monthDays.map((log, day) => ({
      log,
      when: `on the ${monthDay(day, monthDays.length - 1)} of the month`,
    })),
    ...hours.map((log, hour) => ({
      log,
      when: `between ${hourTime(hour)} and ${hourTime((hour + 1) % 24)} UTC`,
    })),
  ].filter(({ log }) => Math.abs(log) >= LEAST_EFFECT);
  return [...Map.groupBy(named, ({ log }) => factorWords(log))]
    .map(([words, of]) => ({ size: Math.abs(of[0]?.log ?? 0), words, when: of.map((one) => one.when) }))
    .sort((one, other) => other.size - one.size)
    .slice(0, MOST_SENTENCES)
    .map(({ words, when }) => `Runs take ${words} ${joinWords(when)}.`);
}

function monthDay(day: number, last: number): string {
  if (day === last) return 'last day';
  const date = day + 1;
  const isTeen = date > 10 && date < 14;
  return `${date}${isTeen ? 'th' : (['st', 'nd', 'rd'][(date % 10) - 1] ?? 'th')}`;
}

function factorWords(log: number): string {
  return log > 0
    ? `${Math.exp(log).toFixed(1)} times as long`
    : `${Math.round(100 * (1 - Math.exp(log)))} % less time`;
}
