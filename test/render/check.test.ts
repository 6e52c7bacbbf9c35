import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { type CheckLayout, renderCheck } from '../../src/render/check.ts';
import { checkFiles } from '../../src/usecases/questions/check-files.ts';

const NOW = Date.UTC(2026, 10, 21, 3, 17);

const SOURCES = [
  {
    path: '.github/workflows/nightly.yml',
    text: "on:\n  schedule:\n    - cron: '0 2 * * *' # every night, about 9pm\n      timezone: Europe/Berlin\n    - cron: '17 3 * * 1' # offbeat: pin\n",
  },
  {
    path: '.github/workflows/a-name-that-says-everything-about-what-it-does-and-more.yml',
    text: "on:\n  schedule:\n    - cron: '1,6,11,16,21,26,31,36,41,46,51,56 1-23 * * MON-FRI'\n    - cron: '0 25 * * *'\n",
  },
  { path: '.github/workflows/broken.yml', text: 'on: [\n' },
  { path: '.github/workflows/push.yml', text: 'on: push\n' },
];
const CONFIG = 'workflows:\n  gone.yml:\n    pin: true\n';

function text(layout: Partial<CheckLayout> = {}, sources = SOURCES): string {
  const report = checkFiles({ sources, config: parseConfig(CONFIG), configText: CONFIG, now: NOW });
  return renderCheck(report, { columns: 80, color: false, timezone: 'UTC', ...layout });
}

describe('the text of a check', () => {
  it.each([60, 80, 120])('keeps to %i columns, apart from single words', (columns) => {
    for (const line of text({ columns }).split('\n')) {
      const isOneWord = !line.trim().includes(' ') || /MON-FRI$/.test(line);
      expect(isOneWord || stringWidth(line) <= columns, line).toBe(true);
    }
  });

  it('has each schedule with its words, verdict, ticks in UTC and local time', () => {
    expect(text()).toContain(
      [
        'nightly.yml',
        '  3  0 2 * * *         about 02:00 every day, Berlin time · movable',
        '                       Sun 22 Nov 01:00, Mon 23 Nov 01:00, Tue 24 Nov 01:00 UTC',
        '                       Sun 22 Nov 02:00, Mon 23 Nov 02:00, Tue 24 Nov 02:00',
        '                       local',
      ].join('\n'),
    );
    expect(text()).toContain('about 03:17 every Monday, UTC · left alone (pinned)');
    expect(text({ columns: 120 })).toContain(
      'The schedule is pinned to its time; remove `pin` to let it move.',
    );
  });

  it('names the year of ticks that are years apart', () => {
    const path = '.github/workflows/leap.yml';
    const leap = [{ path, text: "on:\n  schedule:\n    - cron: '0 2 29 2 *'\n" }];
    expect(text({ columns: 120 }, leap)).toContain('Tue 29 Feb 2028 02:00, Sun 29 Feb 2032 02:00');
  });

  it('tells the ticks of a UTC schedule in the time of the reader, too', () => {
    const shown = text({ timezone: 'Asia/Tokyo', columns: 120 });
    expect(shown).toContain('Mon 23 Nov 03:17, Mon 30 Nov 03:17, Mon 7 Dec 03:17 UTC');
    expect(shown).toContain('Mon 23 Nov 12:17, Mon 30 Nov 12:17, Mon 7 Dec 12:17 your time');
    expect(text({ columns: 120 })).not.toContain('your time');
  });

  it('has what belongs to no schedule, and a sum', () => {
    const shown = text({ columns: 120 });
    expect(shown).toMatch(/Elsewhere\n {2}broken\.yml:\d+:\d+\n {4}The file cannot be read as YAML/);
    expect(shown).toContain('.github/offbeat.yml:2:3\n    There is no workflow file "gone.yml"');
    expect(shown).toMatch(/\n4 schedules in 4 files, 2 movable, \d+ findings \(.*\),\s1 note\.$/);
  });

  it('names the workflows that could not be started on their minute', () => {
    const job = 'jobs:\n  a:\n    if: github.event_name == github.actor\n    environment: x\n';
    const sources = [
      { path: '.github/workflows/a.yml', text: `on:\n  schedule:\n    - cron: '0 3 * * *'\n${job}` },
      { path: '.github/workflows/b.yml', text: "on:\n  schedule:\n    - cron: '0 4 * * *'\n" },
    ];
    expect(text({ columns: 120 }, sources)).toContain(
      [
        'On time',
        '  1 of 2 workflows could be started on its minute by Offbeat.',
        '  a.yml',
        '    Line 6: What `github.event_name` gives here differs between a run by schedule and a dispatch.',
      ].join('\n'),
    );
  });

  it('marks those that are asked for and cannot be, with what to do, and does not repeat them elsewhere', () => {
    const job = 'jobs:\n  a:\n    if: github.event_name == github.actor\n';
    const source = (name: string, directive: string, hour: number) => ({
      path: `.github/workflows/${name}.yml`,
      text: `on:\n  schedule:\n    - cron: '0 ${hour} * * *'${directive}\n${job}`,
    });
    const shown = text({ columns: 300 }, [source('a', ' # offbeat: punctual', 3), source('b', '', 4)]);
    const mend =
      'What `github.event_name` gives here differs between a run by schedule and a dispatch. Write it so ' +
      'that `workflow_dispatch` gives what `schedule` gives; an input can be stated in `on-time-inputs`.';
    expect(shown).toContain(
      [
        'On time',
        '  0 of 2 workflows could be started on their minute by Offbeat.',
        '  a.yml',
        `    ! Line 6: It cannot be on time, as the directive \`punctual\` asks. ${mend}`,
        '    ! Line 3: Workflows are asked to be on time, and nothing is started in `mode: observe`, the default: write `mode: suggest`, unless somebody gives the command /suggest.',
        '  b.yml',
        `    Line 6: ${mend}`,
      ].join('\n'),
    );
    expect(shown.match(/github\.event_name/g)).toHaveLength(2);
    expect(shown).toContain('2 findings (1 rule-without-file, 1 on-time-blocked), 1 note.');
  });

  it('says once what is wrong of a schedule, and names the others that it keeps from being on time', () => {
    const source = (name: string, cron: string) => ({
      path: `.github/workflows/${name}.yml`,
      text: `on:\n  schedule:\n    - cron: '${cron}'\n`,
    });
    const broken = {
      path: '.github/workflows/d.yml',
      text: "on:\n  schedule:\n    - cron: '0 5 * * *'\n\tx\n",
    };
    const shown = text({ columns: 120 }, [
      source('a', '0 25 * * *'),
      source('b', '0 26 * * *'),
      source('c', '0 4 * * *'),
      broken,
    ]);
    for (const sentence of ['"25" is not 0-23', '"26" is not 0-23', 'cannot be read as YAML'])
      expect(shown.split(sentence)).toHaveLength(2);
    expect(shown).toContain(
      [
        'On time',
        '  1 of 4 workflows could be started on its minute by Offbeat.',
        '  a.yml, b.yml and d.yml: for the reason given above.',
      ].join('\n'),
    );
  });

  it('says so where there is nothing', () => {
    const report = checkFiles({ sources: [], config: parseConfig(''), configText: '', now: NOW });
    expect(renderCheck(report, { columns: 80, color: false, timezone: 'UTC' })).toBe(
      'There is no workflow file to check.',
    );
  });

  it('lets no name or cron of others reach the terminal as a command', () => {
    const sources = [
      {
        path: '.github/workflows/\u001b[2Jx\u202e.yml',
        text: 'on:\n  schedule:\n    - cron: "\\e[31m0 3 * * *"\n      timezone: "\\e[31m"\n',
      },
    ];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
    expect(text({}, sources)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('is coloured only on request', () => {
    expect(text()).not.toContain('\u001b[');
    expect(text({ color: true })).toContain('\u001b[1mnightly.yml\u001b[22m');
  });
});
