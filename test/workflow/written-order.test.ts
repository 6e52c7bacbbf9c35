import { describe, expect, it } from 'vitest';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { orderInComment, orderInHeadComment } from '../../src/workflow/written-order.ts';

describe('an order that a comment names', () => {
  it.each([
    ['2 h after the tests', '2 h after the tests'],
    ['every day, before 17:00', 'every day, before 17:00'],
    ['earliest slot that works', 'earliest slot that works'],
    ['offset from nightly.yml', 'offset from nightly.yml'],
    ['Daily. Runs an hour after the build. UTC', 'Runs an hour after the build'],
    ['30 minutes before release', '30 minutes before release'],
    ['must be done by 7am', 'must be done by 7am'],
    ['once the nightly has finished', 'once the nightly has finished'],
    ['no later than 06:00', 'no later than 06:00'],
    ['just after midnight', 'just after midnight'],
    ['waits for the docs', 'waits for the docs'],
    ['same time as e2e', 'same time as e2e'],
    ['2 h after nightly.yml (02:00 UTC) daily', '2 h after nightly.yml (02:00 UTC)'],
    ['Tuesdays at 1 am (same as the other images)', 'same as the other images'],
    [
      'These runs are spread evenly over our repositories',
      'These runs are spread evenly over our repositories',
    ],
    ['If you change this schedule, change theirs', 'If you change this schedule, change theirs'],
    ['eine Stunde nach dem Build', 'eine Stunde nach dem Build'],
    ['30 min après le build', '30 min après le build'],
    ['after all Jenkins jobs of the night', 'after all Jenkins jobs of the night'],
    ['a bit later than the wheels', 'a bit later than the wheels'],
    ['between 02:00 and 04:00 UTC', 'between 02:00 and 04:00 UTC'],
    ['in the maintenance window', 'in the maintenance window'],
    ['follows the nightly build', 'follows the nightly build'],
    ['leaves the packages two hours to finish', 'leaves the packages two hours to finish'],
    ['must run at 00:00', 'must run at 00:00'],
    ['do not move this', 'do not move this'],
    ['the packaging runs at 0 8 * * *', 'the packaging runs at 0 8 * * *'],
    ['매일 00:30, sync.yml 직후', '매일 00:30, sync.yml 직후'],
    ['毎日11時（投稿の1時間後）', '毎日11時（投稿の1時間後）'],
    ['在构建完成之后', '在构建完成之后'],
    ['через час после сборки', 'через час после сборки'],
    ['un’ora dopo la build', 'un’ora dopo la build'],
    ['uma hora após a build', 'uma hora após a build'],
    ['once the import is through', 'once the import is through'],
    ['as soon as the mirror has it', 'as soon as the mirror has it'],
    ['chosen to avoid clash with ci.yml', 'chosen to avoid clash with ci.yml'],
    ['staggered so that it does not collide with build', 'staggered so that it does not collide with build'],
    ['staggered', 'staggered'],
    ['must not overlap with the backup', 'must not overlap with the backup'],
    ['spread out from others', 'spread out from others'],
    ['must start when the US market opens', 'must start when the US market opens'],
    ['the market is closed then', 'the market is closed then'],
    ['the partner API is only open at 2', 'the partner API is only open at 2'],
    ['needs data from 01:00 export', 'needs data from 01:00 export'],
    ['needs the 01:00 export', 'needs the 01:00 export'],
    ['requires the results of the crawler', 'requires the results of the crawler'],
    ['upstream publishes at 01:30', 'upstream publishes at 01:30'],
    ['new data is available daily at 1:30 am', 'new data is available daily at 1:30 am'],
    ['vor 17 Uhr', 'vor 17 Uhr'],
    ['fertig bis 17.30 Uhr', 'fertig bis 17.30 Uhr'],
    ['avant 17h', 'avant 17h'],
    ['hasta las 17', 'hasta las 17'],
    ['voor 17:00', 'voor 17:00'],
    ['sobald der Import durch ist', 'sobald der Import durch ist'],
    ['dès que les données sont là', 'dès que les données sont là'],
    ['damit sie nicht kollidieren', 'damit sie nicht kollidieren'],
    [
      'Kicked off by hand too, in two batches each day: 8 and 16 hours after the daily sync of all of the data',
      'two batches each day: 8 and 16 hours after the daily sync of all of the data',
    ],
  ])('is found in "%s"', (comment, words) => {
    expect(orderInComment(comment)).toBe(words);
  });

  it.each([
    'every day at 3am',
    'nightly',
    'Runs at 03:00 UTC to avoid the rush at the top of the hour',
    '17 minutes past the hour',
    'offset from the top of the hour',
    'once a day',
    'after all, it is cheap',
    'weekly, on Sundays',
    'until further notice',
    'the day after tomorrow',
    'five minutes after the hour, every hour',
    'offset from :00 and :30, where everybody is',
    'every 3 hours, minute 17',
    'same as above',
    'once a day, when somebody asks',
    'closes stale issues when they are open for 60 days',
    'updates the registry, opens a PR',
    'weekly API tests open an issue',
    'when somebody opens an issue',
    'does not compete with the rush at the full hour',
    'keeps clear of the top of the hour',
    'staggered to miss the rush',
    'avoids merge conflicts with main',
    'This workflow publishes at 03:00',
    'it refreshes the cache daily at 3am',
    'stündlich von 8 bis 17 Uhr',
    'needs Python from 3.11 on',
    'uses runners of our own',
  ])('is none in "%s"', (comment) => {
    expect(orderInComment(comment)).toBeUndefined();
  });

  it('is found farther off only where it can mean nothing else', () => {
    expect(orderInHeadComment('This runs two hours after the nightly build.')).toBeDefined();
    expect(orderInHeadComment('It reminds people 5 days after the issue was opened.')).toBeUndefined();
    expect(orderInHeadComment('Read the guide before you change this file.')).toBeUndefined();
  });

  it('is none where the schedule runs at its own cron', () => {
    const [schedule] = readWorkflowFile(
      'a.yml',
      "on:\n  schedule:\n    # runs at 0 8 * * *\n    - cron: '0 8 * * *'\n",
    ).schedules;
    expect(schedule?.writtenOrder).toBeUndefined();
  });

  it.each([
    ['workflow_dispatch: # when we want to, before it is 100 % completed'],
    ['pull_request: # only the part before publishing'],
  ])('is none where it stands beside another trigger: %s', (trigger) => {
    const [schedule] = readWorkflowFile(
      'a.yml',
      `on:\n  ${trigger}\n  schedule:\n    - cron: '0 3 * * *'\n`,
    ).schedules;
    expect(schedule?.writtenOrder).toBeUndefined();
  });

  it('is that of the entry, of all entries, or of the head of the file', () => {
    const order = (text: string) => readWorkflowFile('a.yml', text).schedules.map((one) => one.writtenOrder);
    expect(
      order("on:\n  schedule:\n    - cron: '0 3 * * *' # after the tests\n    - cron: '0 4 * * *'\n"),
    ).toEqual(['after the tests', undefined]);
    expect(order("on:\n  # after the tests\n  schedule:\n    - cron: '0 3 * * *'\n")).toEqual([
      'after the tests',
    ]);
    expect(
      order("# It starts 1 h after the tests.\nname: x\non:\n  schedule:\n    - cron: '0 3 * * *'\n"),
    ).toEqual(['It starts 1 h after the tests']);
  });
});
