import { describe, expect, it } from 'vitest';
import { howToNameZone, isTimezone } from '../../src/cron/timezone.ts';
import { zoneMeantBy } from '../../src/cron/zone-names.ts';

describe('zoneMeantBy', () => {
  it.each([
    ['PST', 'America/Los_Angeles'],
    ['pdt', 'America/Los_Angeles'],
    ['Pacific Standard Time', 'America/Los_Angeles'],
    ['CEST', 'Europe/Berlin'],
    ['JST', 'Asia/Tokyo'],
    ['Berlin', 'Europe/Berlin'],
    ['New York', 'America/New_York'],
    ['Madrid', 'Europe/Madrid'],
    ['London time', 'Europe/London'],
  ])('takes %s for %s', (text, zone) => {
    expect(zoneMeantBy(text)).toBe(zone);
    expect(isTimezone(zone)).toBe(true);
  });

  it.each(['CST', 'IST', 'BST', 'MST', 'local', 'UTC+2', '+02:00', '5', ''])(
    'guesses nothing for "%s"',
    (text) => {
      expect(zoneMeantBy(text)).toBeUndefined();
    },
  );
});

describe('howToNameZone', () => {
  it.each([
    ['PST', 'Did you mean "America/Los_Angeles"?'],
    ['Europe/Berln', 'Did you mean "Europe/Berlin"?'],
    ['CST', 'Write the IANA name of the place that is meant, as REGION/CITY.'],
    ['UTC+2', 'Write the IANA name of the place that is meant, as REGION/CITY.'],
    ['+02:00', 'Write the IANA name of the place that is meant, as REGION/CITY.'],
    ['local', 'Write an IANA name such as "Europe/Berlin", or leave the timezone out for UTC.'],
  ])('of "%s" is: %s', (name, sentence) => {
    expect(howToNameZone(name)).toBe(sentence);
  });
});
