import { daysInWords } from './days-in-words.ts';
import { parseCron } from './parse.ts';
import { quoted } from './quoted.ts';
import { neverFires } from './ticks.ts';
import { timesInWords } from './times-in-words.ts';
import { isTimezone } from './timezone.ts';

/** Spellings of UTC; none of them names a place. */
const UTC_NAME = /^(?:Etc\/)?(?:UTC|GMT|UCT|Zulu)$/;

/**
 * A cron in English, local times on a 24-hour clock: "about 02:17 every day, Berlin time". Says what fires, not what is
 * written: steps that leave a rest name it, two restricted day fields are joined by "and". Throws `cron-invalid`.
 */
export function describeCron(cron: string, timezone: string): string {
  const parsed = parseCron(cron);
  if (neverFires(parsed)) return 'never, because no such date exists';
  const { phrase, roundTheClock } = timesInWords(parsed);
  return `${phrase}${daysInWords(parsed, roundTheClock)}, ${zoneInWords(timezone)}`;
}

/** "Berlin time" for `Europe/Berlin`; UTC and names that are no places stay as they are. An unknown one is quoted. */
export function zoneInWords(timezone: string): string {
  if (UTC_NAME.test(timezone)) return 'UTC';
  if (!isTimezone(timezone)) return `unknown timezone ${quoted(timezone)}`;
  const place = timezone.startsWith('Etc/') ? undefined : timezone.split('/').slice(1).at(-1);
  if (place === undefined) return timezone;
  // Names are valid in any case, and GitHub takes them so.
  const spelled =
    place === place.toLowerCase()
      ? place.replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase())
      : place;
  return `${spelled.replaceAll('_', ' ')} time`;
}
