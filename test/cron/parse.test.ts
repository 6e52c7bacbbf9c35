import { isValidCron } from '@actions/workflow-parser/model/converter/cron';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCron, restrictsBothDayFields } from '../../src/cron/parse.ts';
import { OffbeatError } from '../../src/errors.ts';
import { sampledRuns } from '../sampled.ts';
import { anyCron } from './arbitrary.ts';

function problemOf(text: string): OffbeatError {
  try {
    parseCron(text);
  } catch (error) {
    if (error instanceof OffbeatError) return error;
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}

function accepts(text: string): boolean {
  try {
    parseCron(text);
    return true;
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'cron-invalid') return false;
    throw error;
  }
}

describe('parseCron', () => {
  it.each([
    ['17 3 * * *', { minutes: [17], hours: [3] }],
    ['*/15 * * * *', { minutes: [0, 15, 30, 45] }],
    ['20/15 * * * *', { minutes: [20, 35, 50] }],
    ['7-59/15 * * * *', { minutes: [7, 22, 37, 52] }],
    ['5,1-3,2 0 * * *', { minutes: [1, 2, 3, 5] }],
    ['0 1-23/6 * * *', { hours: [1, 7, 13, 19] }],
    ['05 04 * * *', { minutes: [5], hours: [4] }],
    ['0 0 * jan-Mar,DEC *', { months: [1, 2, 3, 12] }],
    ['0 0 * * mon-FRI', { daysOfWeek: [1, 2, 3, 4, 5] }],
    ['0 0 * * SUN/3', { daysOfWeek: [0, 3, 6] }],
    ['0  0   * * *', { minutes: [0], hours: [0] }],
  ])('reads %s', (text, expected) => {
    expect(parseCron(text)).toMatchObject(expected);
  });

  it.each([
    ['* * 1 * *', 'days-of-month', false],
    ['* * * * 1', 'days-of-week', false],
    ['* * */1 * *', 'every-day', false],
    ['* * * * 0-6', 'every-day', false],
    ['* * 13 * 5', 'either', true],
    ['* * 1-31 * 5', 'either', true],
    ['* * */2 * */2', 'either', true],
  ])('knows which day field of %s decides', (text, rule, both) => {
    expect(parseCron(text).dayRule).toBe(rule);
    expect(restrictsBothDayFields(parseCron(text))).toBe(both);
  });

  it.each([
    ['', 'empty', 1],
    ['   ', 'empty', 1],
    ['* * * *', '4 fields', 1],
    ['0 0 0 1 1 *', '6 fields', 1],
    [' 0 0 * * *', 'starts with a space', 1],
    ['0 0 * * * ', 'ends with a space', 10],
    ['0 0 * *\t*', 'a tab', 8],
    ['0 0 * * *\n', 'the character "\\n"', 10],
    ['0\u00a00 * * * *', 'the character', 2],
    ['@daily', '@daily', 1],
    ['60 * * * *', '"60" is not 0-59', 1],
    ['0 24 * * *', '"24" is not 0-23', 3],
    ['0 0 0 * *', '"0" is not 1-31', 5],
    ['0 0 * 13 *', '"13" is not 1-12', 7],
    ['0 0 * * 7', '"7" is not 0-6', 9],
    ['0 0 * * 1,7', '"7" is not 0-6', 11],
    ['0 0 * * MON-SUN', 'backwards', 9],
    ['50-10 * * * *', 'backwards', 1],
    ['*/0 * * * *', 'the step "0"', 3],
    ['*/60 * * * *', 'the step "60"', 3],
    ['0 */24 * * *', 'the step "24"', 5],
    ['*/x * * * *', 'the step "x"', 3],
    ['*/ * * * *', 'the step ""', 3],
    ['1/2/3 * * * *', 'more than one "/"', 1],
    ['1-2-3 * * * *', 'each side of "-"', 1],
    ['-5 * * * *', 'each side of "-"', 1],
    ['5- * * * *', 'each side of "-"', 1],
    ['1,,2 * * * *', 'list item is missing', 3],
    ['1, * * * *', 'list item is missing', 3],
    ['0 0 ? * *', '"?"', 5],
    ['0 0 L * *', '"L"', 5],
    ['0 0 15W * *', '"L" and "W"', 5],
    ['0 0 * * 5L', '"L" and "W"', 9],
    ['0 0 * * 1#2', '"#"', 9],
    ['H H * * *', '"H"', 1],
    ['0 0 * JANUARY *', '"JANUARY"', 7],
    ['0 0 MON * *', '"MON"', 5],
    ['+5 * * * *', '"+5"', 1],
    ['TZ=Europe/Berlin 0 5 * * *', 'the timezone "TZ=Europe/Berlin"', 1],
    ['CRON_TZ=UTC 0 5 * * *', 'the timezone "CRON_TZ=UTC"', 1],
    ['0 5 * * * UTC', 'the timezone "UTC"', 11],
    ['0 5 * * * America/New_York', 'the timezone "America/New_York"', 11],
    ['0 0 5 * * MON', '6 fields', 1],
    ['\u201c0 5 * * *\u201d', 'the character', 1],
  ])('refuses %j, naming what (%s) and where (column %i)', (text, what, column) => {
    const problem = problemOf(text);
    expect(problem.code).toBe('cron-invalid');
    expect(problem.message).toContain(what);
    expect(problem.message).toContain(`(column ${column})`);
    expect(problem.fix).toMatch(/\S/);
  });

  it.each([
    ['TZ=Asia/Tokyo 0 5 * * *', /write `timezone: Asia\/Tokyo` below the `cron`/],
    ['0 5 * * * America/New_York', /write `timezone: America\/New_York` below the `cron`/],
    ['0 5 * * * PST', /write `timezone: America\/Los_Angeles` below the `cron`/],
    ['0 5 * * * EST', /write `timezone: America\/New_York` below the `cron`/],
    ['0 5 * * * CST', /a `timezone` below the `cron`: the IANA name of the place/],
    ['0 5 * * * UTC', /a cron without a timezone is in UTC/],
    ['@hourly', /Write "0 \* \* \* \*"/],
    ['@Daily', /Write "0 0 \* \* \*"/],
    ['@reboot', /Write five fields/],
    ['*/60 * * * *', /For once an hour write a single value, such as "0"/],
    ['0 */24 * * *', /For once a day write a single value, such as "0"/],
    ['0 5 * * Tuesday', /Did you mean "TUE"\?/],
    ['0 5 * * WEN', /Did you mean "WED"\?/],
    ['0 5 * sept *', /Did you mean "SEP"\?/],
    ['\uff10 5 * * *', /plain ASCII/],
    ['0 0 5 * * MON', /no field for seconds/],
    ['\u201c0 5 * * *\u201d', /straight quotes/],
    ['\u00bb0 5 * * *\u00ab', /straight quotes/],
    ['0\u00a05 * * *', /by spaces only/],
  ])('says of %j what to do', (text, fix) => {
    expect(problemOf(text).fix).toMatch(fix);
  });

  it.each([
    ['0 22-4/2 * * *', '"22,0-4/2"'],
    ['0 21-4/3 * * *', '"21,0-3/3"'],
    ['0 20-5/4 * * *', '"20,0-4/4"'],
    ['0 23-1/5 * * *', '"23"'],
    ['0 22-4 * * *', '"22-23,0-4"'],
    ['50-10/5 * * * *', '"50-55/5,0-10/5"'],
    ['0 2 * * FRI-MON', '"FRI,SAT,SUN,MON"'],
    ['0 2 * NOV-Feb *', '"NOV,DEC,JAN,FEB"'],
    ['0 2 * 11-2 *', '"11-12,1-2"'],
    ['0 2 * * 5-1', '"5-6,0-1"'],
    ['0 2 * * FRI-MON/2', '"FRI,SUN"'],
  ])('advises for %s what it was meant to be: %s', (cron, advice) => {
    const error = problemOf(cron);
    expect(error.fix).toContain(advice);
    const [field = ''] = cron.split(' ').filter((one) => /\d-\d|[A-Z]-/i.test(one));
    expect(() => parseCron(cron.replace(field, advice.replaceAll('"', '')))).not.toThrow();
  });

  it('names the field and what may stand there', () => {
    expect(problemOf('0 0 * * 7').sentence).toBe(
      '"7" in the day of the week field: "7" is not 0-6 or SUN-SAT (column 9). Write 0-6 or SUN-SAT. Sunday is 0.',
    );
  });
});

describe("parseCron beside GitHub's own check", () => {
  // The check lets JavaScript's Number() read the digits, and looks names up without regard to inherited properties.
  it.each([
    '0x10 * * * *',
    '1e1 * * * *',
    '5.0 * * * *',
    '5.5 * * * *',
    '+5 * * * *',
    '0 0 * * 1\t',
    '0 0 * constructor *',
    ' 0 * * *',
  ])('is stricter for %j, which the check accepts by accident', (text) => {
    expect(isValidCron(text)).toBe(true);
    expect(accepts(text)).toBe(false);
  });

  it('agrees on every cron of the grammar', () => {
    fc.assert(
      fc.property(anyCron, (text) => {
        expect(accepts(text)).toBe(isValidCron(text));
      }),
      sampledRuns(5_000, 500),
    );
  });

  it('agrees on crons with something put in, taken out or changed', () => {
    const damage = fc.constantFrom(
      '',
      ' ',
      ',',
      '-',
      '/',
      '*',
      '0',
      '7',
      '9',
      '60',
      'MON',
      'jan',
      '@',
      '?',
      'L',
      '#',
      '!',
    );
    fc.assert(
      fc.property(anyCron, damage, fc.nat(), fc.nat(2), (text, piece, place, cut) => {
        const at = place % (text.length + 1);
        const damaged = text.slice(0, at) + piece + text.slice(at + cut);
        // The check reads the nothing before or after a space at the ends as the field "0".
        const atEnds = damaged !== damaged.trim();
        expect(accepts(damaged), damaged).toBe(!atEnds && isValidCron(damaged));
      }),
      sampledRuns(50_000, 3_000),
    );
  });
});
