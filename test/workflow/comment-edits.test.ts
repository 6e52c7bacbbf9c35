import { describe, expect, it } from 'vitest';
import { parseCron } from '../../src/cron/parse.ts';
import { editComment, givesReason } from '../../src/workflow/comment-edits.ts';
import { editWorkflowFile, reasonsInComments, staleComments } from '../../src/workflow/edit.ts';

function edited(comment: string, from: string, to: string, timezone = 'UTC') {
  return editComment(comment, [{ from: parseCron(from), to: parseCron(to), timezone }]);
}

describe('a comment that tells the old time', () => {
  it.each([
    ['every day at 3am', 'every day at 3:47am'],
    ['Runs at 3:00 AM UTC', 'Runs at 3:47 AM UTC'],
    ['at 3 a.m.', 'at 3:47 a.m.'],
    ['03:00 UTC daily', '03:47 UTC daily'],
    ['At 3:00, every day', 'At 3:47, every day'],
    ['03:00:00', '03:47:00'],
    ['03:00:000', '03:47:000'],
    ['daily 0300 UTC', 'daily 0347 UTC'],
    ['at 3 UTC', 'at 3:47 UTC'],
    ['every morning at 3', 'every morning at 3:47'],
    ['runs at 3, daily', 'runs at 3:47, daily'],
    ['tous les jours à 3h', 'tous les jours à 3h47'],
    ['às 03h00', 'às 03h47'],
    ['jeden Tag um 3 Uhr', 'jeden Tag um 3:47 Uhr'],
    ['um 3:00 Uhr', 'um 3:47 Uhr'],
    ['毎日 3時 (UTC)', '毎日 3時47分 (UTC)'],
    ['每天 3点', '每天 3点47分'],
    ['매일 3시', '매일 3시47분'],
    ['every night at 3 o’clock', 'every night at 3:47 o’clock'],
    ['12:00 JST, i.e. 03:00 UTC', '12:47 JST, i.e. 03:47 UTC'],
    ['03:00 UTC (8:30 AM IST)', '03:47 UTC (9:17 AM IST)'],
    ['7pm PST', '7:47pm PST'],
    ['20:00 Pacific time the day before', '20:47 Pacific time the day before'],
    ['11:00 (UTC+8)', '11:47 (UTC+8)'],
    ['04:00 Europe/Berlin', '04:47 Europe/Berlin'],
    ['0 3 * * * is 3am', '47 3 * * * is 3:47am'],
    ['https://crontab.guru/#0_3_*_*_*', 'https://crontab.guru/#47_3_*_*_*'],
    ['毎日 午前3時に実行', '毎日 午前3時47分に実行'],
    ['매일 오전 3시', '매일 오전 3시47분'],
    ['毎日 AM3時', '毎日 AM3時47分'],
    ['매일 UTC 03:00 = 한국 시간 오후 12시', '매일 UTC 03:47 = 한국 시간 오후 12시47분'],
    ['每天北京时间 11:00', '每天北京时间 11:47'],
    ['每天台灣時間 11:00', '每天台灣時間 11:47'],
    ['каждый день в 3 утра', 'каждый день в 3:47 утра'],
    ['в 06:00 МСК', 'в 06:47 МСК'],
    ['her gün saat 03.00', 'her gün saat 03.47'],
    ['setiap hari jam 3 UTC', 'setiap hari jam 3:47 UTC'],
    ['tous les jours à 3h du matin', 'tous les jours à 3h47 du matin'],
    ['Diariamente às 3h UTC', 'Diariamente às 3h47 UTC'],
    [
      'At 03:00. We have all the weekend time to review.',
      'At 03:47. We have all the weekend time to review.',
    ],
  ])('"%s" is written "%s"', (comment, expected) => {
    expect(edited(comment, '0 3 * * *', '47 3 * * *')).toEqual({ text: expected, stale: undefined });
  });

  it.each([
    ['midnight UTC', '0 0 * * *', '47 1 * * *', '01:47 UTC'],
    ['om middernacht', '0 0 * * *', '47 0 * * *', 'om 00:47'],
    ['a mezzogiorno', '0 12 * * *', '13 12 * * *', 'a 12:13'],
    ['on Sundays at 0 am', '0 0 * * 0', '55 0 * * 0', 'on Sundays at 0:55 am'],
    ['at 00:30 am', '30 0 * * *', '55 0 * * *', 'at 00:55 am'],
    ['every day at 1:00:00', '0 1 * * *', '7 1 * * *', 'every day at 1:07:00'],
    ['at 03:00hs', '0 3 * * *', '7 3 * * *', 'at 03:07hs'],
    ['каждый день в полночь', '0 0 * * *', '47 1 * * *', 'каждый день в 01:47'],
    ['매일 자정', '0 0 * * *', '47 1 * * *', '매일 01:47'],
    ['每天午夜运行', '0 0 * * *', '47 1 * * *', '每天01:47运行'],
    ['at 15:15pm', '15 15 * * *', '23 15 * * *', 'at 15:23'],
    ['午後3時', '0 15 * * *', '23 15 * * *', '午後3時23分'],
    ['下午3点', '0 15 * * *', '10 11 * * *', '上午11点10分'],
    ['오후 12시', '0 12 * * *', '23 12 * * *', '오후 12시23분'],
    ['at noon', '0 12 * * *', '23 12 * * *', 'at 12:23'],
    ['12am', '0 0 * * *', '13 1 * * *', '1:13am'],
    ['11:30 PM', '30 23 * * *', '53 21 * * *', '9:53 PM'],
    ['12:30 PM', '30 12 * * *', '53 11 * * *', '11:53 AM'],
    ['at minute 39', '39 * * * *', '17 * * * *', 'at minute 17'],
    ['39 past every hour', '39 * * * *', '17 * * * *', '17 past every hour'],
    ['at minute 0 of every 6th hour', '0 */6 * * *', '17 */6 * * *', 'at minute 17 of every 6th hour'],
    ['hourly at :05', '5 * * * *', '17 * * * *', 'hourly at :17'],
    ['6:00 and 18:00', '0 6,18 * * *', '20 7,19 * * *', '7:20 and 19:20'],
    ['3am', '0 3 * * *', '47 3 * * *', '3:47am', 'Europe/Berlin'],
    ['02:00 UTC', '0 3 * * *', '47 3 * * *', '02:47 UTC', 'Europe/Berlin'],
    ['at midday', '0 12 * * *', '23 12 * * *', 'at 12:23'],
    ['täglich 14.00 Uhr', '0 14 * * *', '23 14 * * *', 'täglich 14.23 Uhr'],
    ['daily @ 14', '0 14 * * *', '23 14 * * *', 'daily @ 14:23'],
    ['14h00', '0 14 * * *', '23 14 * * *', '14h23'],
    ['17 o clock', '0 17 * * *', '23 17 * * *', '17:23 o clock'],
    ['at 03:00 hours', '0 3 * * *', '47 3 * * *', 'at 03:47 hours'],
    ['9am New York', '0 9 * * *', '10 9 * * *', '9:10am New York', 'America/New_York'],
    ['Runs at 02:00, takes 2:00 hours', '0 2 * * *', '43 4 * * *', 'Runs at 04:43, takes 2:00 hours'],
    ['every other day at 2am', '0 2 * * *', '43 4 * * *', 'every other day at 4:43am'],
  ])('"%s" for %s is rewritten with %s', (comment, from, to, expected, timezone = 'UTC') => {
    expect(edited(comment, from, to, timezone)).toEqual({ text: expected, stale: undefined });
  });

  it.each([
    ['7am my time', '7am'],
    ['half past: 04:30', '04:30'],
    ['3am or 5am', '5am'],
    ['3am local time', '3am'],
    ['at 3am PHT or so', undefined],
    ['03:00 XYT', '03:00'],
    ['takes 3h', '3h'],
    ['à 4 heures du matin', '4'],
    ['cada día a las 2 de la mañana', '2 de la mañana'],
    ['a las 3 a. m.', '3 a. m.'],
    ['в 6 вечера', '6 вечера'],
    ['щодня о 3 ранку', '3 ранку'],
    ['ogni giorno alle 6', '6'],
    ['codziennie o 3 w nocy', '3 w nocy'],
    ['elke dag om 3 uur', '3'],
    ['varje natt kl 3', '3'],
    ['her gece yarısı', 'gece yarısı'],
    ['lúc 3 giờ sáng', '3 giờ sáng'],
    ['रोज़ सुबह 9 बजे', '9 बजे'],
    ['كل يوم الساعة 3 صباحا', '3 صباحا'],
    ['at three in the morning', 'three in the morning'],
    ['03.00 UTC', '03.00 UTC'],
    ['every day at 0300', '0300'],
    ['jeden Tag um halb sechs', 'halb sechs'],
  ])('is not rewritten where nobody can know what "%s" means', (comment, stale) => {
    const result = edited(comment, '0 3 * * *', '47 3 * * *');
    if (stale === undefined) return expect(result.stale).toBeDefined();
    return expect(result).toEqual({ text: comment, stale });
  });

  it.each([
    ['takes 2:00 hours', '2:00'],
    ['takes about 2:00', '2:00'],
    ['Dauert 2:00 Stunden', '2:00'],
    ['ratio 2:00', '2:00'],
    ['for 2:00', '2:00'],
    ['within 2:00', '2:00'],
    ['Runs at 02:00 UTC; deploy.yml runs at 02:00 as well', '02:00'],
    ['ci.yml: 02:00', '02:00'],
    ['the other workflow runs at 2am', '2am'],
    ['upstream: 02:00', '02:00'],
    ['Copyright (c) 2:00 Studios', '2:00'],
    ['Logs are kept until 02:00', '02:00'],
    ['has to be over by 2am', '2am'],
    ['before 02:00', '02:00'],
    ['vor 2 Uhr', '2 Uhr'],
    ['jusqu’à 02:00', '02:00'],
    ['hasta las 02:00', '02:00'],
    ['午前2時まで', '午前2時'],
    ['ci.yml: 0 2 * * *', '0 2 * * *'],
    ['half past 2 am', '2 am'],
    ['10 minutes to 2am', '2am'],
    ['8/2 Uhr', '2 Uhr'],
    ['between 1 and 2am', '2am'],
    ['2am New York', '2am'],
    ['2am in Berlin', '2am'],
  ])('is left as it is and named where "%s" may not be its time', (comment, stale) => {
    expect(edited(comment, '0 2 * * *', '43 4 * * *')).toMatchObject({ text: comment, stale });
  });

  it.each([
    ['half past two', '30 2 * * *', 'half past two'],
    ['quarter to three', '45 2 * * *', 'quarter to three'],
    ["two o'clock", '0 2 * * *', "two o'clock"],
    ['two o’clock', '0 2 * * *', 'two o’clock'],
    ['five pm', '0 17 * * *', 'five pm'],
    ['Monday morning at nine', '0 9 * * 1', 'nine'],
    ['0,6,12,18h', '0 */6 * * *', '0,6,12,18h'],
    ['at 17 hours', '0 17 * * *', '17 hours'],
    ['seventeen hundred hours', '0 17 * * *', 'seventeen hundred hours'],
    ['um Viertel nach zwei', '15 2 * * *', 'Viertel nach zwei'],
    ['每天 14：00', '0 14 * * *', '14：00'],
    ['at 14:00, on the hour', '0 14 * * *', 'on the hour'],
  ])('is named where "%s" tells it in words', (comment, from, stale) => {
    const to = from.replace(/^\d+/, '7');
    expect(edited(comment, from, to)).toEqual({ text: comment, stale });
  });

  it('is not rewritten in a link, and named there', () => {
    const link = 'https://cron.example/every-night-at-midnight';
    expect(edited(link, '0 0 * * *', '33 0 * * *')).toEqual({ text: link, stale: 'midnight' });
    expect(edited(`midnight, see ${link}`, '0 0 * * *', '33 0 * * *').text).toBe(`00:33, see ${link}`);
  });

  it('is not rewritten where a day stands beside and the time comes to another one', () => {
    const comment = 'Sunday 23:30 PST';
    expect(edited(comment, '30 7 * * 1', '17 8 * * 1')).toEqual({ text: comment, stale: '23:30' });
    expect(edited('23:30 PST', '30 7 * * *', '17 8 * * *').text).toBe('00:17 PST');
  });

  it.each([
    'every 6h',
    'nightly',
    'takes about 2h',
    'see https://x.y:8080/a',
    'v3.11',
    'once every 15 minutes',
    'alle 3 Stunden',
    'elke 3 uur',
    'toutes les 4 heures',
    'packs 7z files',
    'TimeZone: UTC 0',
  ])('leaves "%s" alone: it names no time', (comment) => {
    expect(edited(comment, '0 3 * * *', '47 4 * * *')).toEqual({ text: comment, stale: undefined });
  });
});

describe('the comments of a file', () => {
  const file = (lines: readonly string[]) => `${lines.join('\n')}\njobs: {}\n`;
  const path = '.github/workflows/a.yml';
  const to = [{ index: 0, to: '47 3 * * *' }];

  it('beside, above the entry, above `schedule:` and at the head follow the cron', () => {
    const before = file([
      '# Runs every night at 03:00 UTC.',
      'name: a',
      '# 3am',
      'on: # at 3:00',
      '  # daily, 03:00',
      '  schedule:',
      '    # 3 a.m. UTC # offbeat: window=01:00-05:00',
      "    - cron: '0 3 * * *' # 3am, UTC",
    ]);
    expect(editWorkflowFile(path, before, to)).toBe(
      file([
        '# Runs every night at 03:47 UTC.',
        'name: a',
        '# 3:47am',
        'on: # at 3:47',
        '  # daily, 03:47',
        '  schedule:',
        '    # 3:47 a.m. UTC # offbeat: window=01:00-05:00',
        "    - cron: '47 3 * * *' # 3:47am, UTC",
      ]),
    );
    expect(staleComments(path, before, to)).toEqual([]);
  });

  it('of another entry, of jobs and of crons that are commented out stay', () => {
    const text = file([
      'on:',
      '  schedule:',
      "    - cron: '0 3 * * *'",
      "    # - cron: '0 3 * * *' at 3am",
      "    - cron: '0 15 * * *' # 3pm",
    ]).replace('jobs: {}', 'jobs: {} # 3am');
    expect(editWorkflowFile(path, text, to)).toBe(text.replace("'0 3 * * *'\n", "'47 3 * * *'\n"));
  });

  it('that cannot be rewritten are named with their own line', () => {
    const text = file(['on:', '  schedule:', '    # 8 in the evening, 20:00', "    - cron: '0 3 * * *'"]);
    expect(staleComments(path, text, to)).toEqual([{ line: 3, time: '20:00' }]);
    expect(editWorkflowFile(path, text, to)).toContain('20:00');
  });

  it('are named where their sentence begins on the line above, and makes them something else', () => {
    const text = (above: string, below: string) =>
      file(['on:', '  schedule:', `    # ${above}`, `    # ${below}`, "    - cron: '0 3 * * *'"]);
    const named = [{ line: 4, time: '03:00' }];
    expect(staleComments(path, text('Logs are kept until', '03:00 of the next day'), to)).toEqual(named);
    expect(staleComments(path, text('The job of deploy.yml runs at', '03:00 too'), to)).toEqual(named);
    expect(staleComments(path, text('See docs.yml.', '03:00 daily'), to)).toEqual([]);
    expect(editWorkflowFile(path, text('nightly.yml', 'Runs at 03:00'), to)).toContain('Runs at 03:47');
    const link = text('see ci.yml', 'https://crontab.guru/#0_3_*_*_*');
    expect(editWorkflowFile(path, link, to)).toContain('#47_3_*_*_*');
  });

  it('at the head are named where they may be those of another workflow', () => {
    const text = file([
      '# deploy.yml runs at 03:00 as well',
      '# e2e.yml runs at 05:00',
      'name: a',
      'on:',
      '  schedule:',
      "    - cron: '0 3 * * *'",
    ]);
    expect(staleComments(path, text, to)).toEqual([{ line: 1, time: '03:00' }]);
    expect(editWorkflowFile(path, text, to)).toContain('# deploy.yml runs at 03:00 as well');
  });

  it('above two entries are rewritten with the one that they mean', () => {
    const text = file([
      'on:',
      '  # 03:00 and 15:00',
      '  schedule:',
      "    - cron: '0 3 * * *'",
      "    - cron: '0 15 * * 1'",
    ]);
    expect(editWorkflowFile(path, text, to)).toContain('# 03:47 and 15:00');
  });

  it.each([
    ['older than 4h is dead', '0 */4 * * *', '23 */4 * * *'],
    ['a cadence of 6h', '0 */6 * * *', '17 */6 * * *'],
    ['moved off the top of the hour', '0 3 * * *', '17 3 * * *'],
    ['avoids the start of every hour', '0 * * * *', '17 * * * *'],
  ])('is left alone where "%s" tells no time of it', (comment, from, to) => {
    expect(edited(comment, from, to)).toEqual({ text: comment, stale: undefined });
  });

  it.each([
    ['at the top of every hour', '0 * * * *', 'top of every hour'],
    ['in the first minute of each even hour', '0 */2 * * *', 'first minute of'],
    ['half past the hour', '30 * * * *', 'half past the hour'],
    ['five minutes after the hour', '5 * * * *', 'five minutes after the hour'],
  ])('is named where words tell the minute: "%s"', (comment, from, stale) => {
    const to = from.replace(/^\d+/, '17');
    expect(edited(comment, from, to)).toEqual({ text: comment, stale });
    expect(edited(comment, from, from)).toEqual({ text: comment, stale: undefined });
  });

  it('tells of all entries where it stands above the first, and they have none of their own', () => {
    const text = [
      'on:',
      '  schedule:',
      '    # 14:00 UTC -> 08:00 CST',
      '    # 19:00 UTC',
      "    - cron: '0 14 * * *'",
      "    - cron: '0 19 * * *'",
      '',
    ].join('\n');
    expect(editWorkflowFile('a.yml', text, [{ index: 1, to: '23 19 * * *' }])).toContain('# 19:23 UTC\n');
    expect(staleComments('a.yml', text, [{ index: 0, to: '23 14 * * *' }])).toEqual([]);
  });
});

describe('a comment right under the last cron', () => {
  const text = (below: string) =>
    `on:\n  schedule:\n    - cron: '0 4 * * 0'\n# Every week at 04:00.\n${below}`;
  const to = [{ index: 0, to: '7 4 * * 0' }];

  it('is rewritten where nothing stands below it', () => {
    expect(editWorkflowFile('a.yml', text('\njobs: {}\n'), to)).toContain('# Every week at 04:07.\n');
  });

  it('is left alone where it stands above a key', () => {
    expect(editWorkflowFile('a.yml', text('jobs: {}\n'), to)).toContain('# Every week at 04:00.\n');
  });
});

describe('a reason in a comment', () => {
  it.each([
    'start of the billing day, 01:00',
    '01:00, after the backup has finished',
    '9pm in New York: markets are closed',
  ])('is found in “%s”', (comment) => {
    expect(givesReason(comment)).toBe(true);
  });

  it.each([
    'every day at 3am',
    'nightly at 1am',
    '03:00 UTC daily',
    'At 3:00, every Monday',
    'Runs at 3:00 AM PDT',
    'midnight UTC',
  ])('is not found in “%s”, which only tells a time', (comment) => {
    expect(givesReason(comment)).toBe(false);
  });

  it('is told with its line where the comment gets a new time', () => {
    const path = '.github/workflows/export.yml';
    const text = "on:\n  schedule:\n    - cron: '0 1 * * *' # start of the billing day, 01:00\n";
    expect(reasonsInComments(path, text, [{ index: 0, to: '3 0 * * *' }])).toEqual([
      { line: 3, text: 'start of the billing day, 01:00' },
    ]);
    const plain = text.replace('start of the billing day,', 'every day at');
    expect(reasonsInComments(path, plain, [{ index: 0, to: '3 0 * * *' }])).toEqual([]);
  });
});
