import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMarker } from '../../src/proposal/marker.ts';
import { movesOf } from '../../src/proposal/moves.ts';
import type { CronCopies } from '../../src/render/merge-notes.ts';
import {
  MAX_BODY_CODE_POINTS,
  type PullRequestView,
  renderPullRequest,
} from '../../src/render/pull-request.ts';
import type { Simulation } from '../../src/simulate/compare.ts';
import { decision, outlook, schedule } from '../proposal/sample.ts';
import { sampledRuns } from '../sampled.ts';
import { autolinks, page } from './github.ts';
import { hostile } from './hostile.ts';

function view(over: Partial<PullRequestView> = {}): PullRequestView {
  return {
    decision: decision(),
    repositoryId: 42,
    mergeWindow: { from: 6 * 60 + 20, to: 110 },
    recentCommitTitles: [],
    commands: [{ usage: '/help', summary: 'List the commands.' }],
    actors: ['octocat'],
    ...over,
  };
}

/** A simulation in which everything doubles. */
function simulated(over: Partial<Simulation> = {}): Simulation {
  const compared = { before: 1, after: 2, difference: 1, low: 1, high: 1 };
  const [before, after] = [Array.from({ length: 24 }, () => 1), Array.from({ length: 24 }, () => 2)];
  return {
    days: 28,
    repetitions: 8,
    seed: 1,
    schedules: 6,
    moved: 1,
    completionMinutes: compared,
    queueMinutes: compared,
    overlapMinutes: compared,
    peakJobs: compared,
    lateShare: null,
    lostShare: compared,
    failures: compared,
    costUsd: compared,
    runnerMinutes: compared,
    load: { before, after },
    ...over,
  };
}

const plain = (text: string | null | undefined): string => (text ?? '').replaceAll('\u00a0', ' ');

/** The text that a reader sees without unfolding anything. */
function visible(markdown: string): string {
  const whole = page(markdown);
  for (const folded of [...whole.querySelectorAll('details')]) folded.remove();
  return plain(whole.textContent).replace(/\s+/g, ' ').trim();
}

describe('the pull request', () => {
  const { title, body, commitMessage, branch } = renderPullRequest(view());
  const rendered = page(body);

  it('names the move in title, commit and table', () => {
    expect(branch).toBe('offbeat/schedules');
    expect(title).toBe('Move nightly.yml to a better time');
    expect(commitMessage).toBe(`${title}\n\n- nightly.yml: 0 2 * * * → 17 21 * * *`);
    const cells = [...(rendered.querySelectorAll('table')[0]?.querySelectorAll('td') ?? [])].map(
      (cell) => cell.textContent,
    );
    expect(cells[0]).toContain('Nightly');
    expect(cells[1]).toContain('0 2 * * *');
    expect(cells[2]).toContain('17 21 * * *');
    expect(plain(cells[3])).toBe('median delay 30 min instead of 2 h 38 min');
    expect(plain(cells[4])).toBe('80 %');
  });

  it.each([
    ['the gain in its own unit, first', 'Nightly would be delayed about 2 h 8 min less by GitHub.'],
    ['what delay means', '“Delay” counts from the cron’s minute, old or new, to GitHub’s start.'],
    ['what stays', 'As many runs as today; what moves to another day is in bold.'],
    ['what confidence means', '“Sure” is the chance that a move brings at least half of its gain'],
    [
      'lost runs and the daily time to merge',
      'Merge at any time but 01:50 to 06:20 UTC: nine in ten have started by then.',
    ],
    ['failure e-mails and who gets them so far', 'so far octocat; the merge may change that.'],
    ['the old time', 'GitHub may still start the old time once or twice'],
    ['what was seen', '58 runs seen. It takes 21 min and starts 2 h 38 min late'],
    ['what is expected', 'At the new time: 30 min late (nine in ten: 49 min).'],
    ['what closing means', 'not proposed again unless'],
    ['one line of commands', '/pin nightly.yml keeps it where it is. /help lists the other commands.'],
  ])('tells of %s', (_, text) => {
    expect(visible(body)).toContain(text);
  });

  it('names every move to another day, however many there are', () => {
    const moves = Array.from({ length: 8 }, (_, index) =>
      schedule({
        key: `w${index}.yml#0`,
        path: `.github/workflows/w${index}.yml`,
        workflowName: `W${index}`,
        ...(index < 3 ? { cron: '0 2 * * *', to: '17 6 * * *' } : { cron: '30 0 * * *', to: '47 23 * * *' }),
      }),
    );
    const bold = [
      ...page(renderPullRequest(view({ decision: decision(moves) })).body).querySelectorAll('strong'),
    ]
      .map((one) => plain(one.textContent))
      .join(' ');
    for (const name of ['W3', 'W4', 'W5', 'W6', 'W7'])
      expect(bold).toMatch(new RegExp(`${name}.*day before`));
    expect(bold).toContain('W6 and W7 move to the day before.');
    expect(bold).toContain('3 more schedules move that far.');
  });

  it('has its parts in the order in which a maintainer needs them', () => {
    const parts = [
      'Nightly would be delayed',
      '| Workflow |',
      '“Sure” is',
      '### Before you merge',
      '### Why these times',
      '### If you close this',
      '<summary>The day, before and after',
      '<summary>Other times that were considered',
    ];
    const places = parts.map((part) => body.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it.each([1, 2, 3, 4, 6])(
    'says it in fewer than 450 visible words, with a row for each of %i moves',
    (size) => {
      const moves = Array.from({ length: size }, (_, n) =>
        schedule({
          path: `.github/workflows/database-backup-${n}.yml`,
          workflowName: `Nightly database backup ${n}`,
          timezone: 'America/New_York',
          finishBy: '07:00',
          patterns: ['Runs take 3.0 times as long on Mondays.'],
        }),
      );
      const many = renderPullRequest(
        view({
          decision: decision(moves),
          staleComments: moves.slice(4).map(({ path }) => ({ path, line: 5, time: '2 am' })),
        }),
      ).body;
      const seen = visible(many).match(/\S*[\p{L}\d]\S*/gu) ?? [];
      expect(seen.length).toBeLessThan(450);
      const [table] = page(many).querySelectorAll('table');
      expect(table?.querySelectorAll('td')).toHaveLength(size * 5);
      expect(plain(many)).toContain('58 runs seen.');
    },
  );

  it('names the days on which runs take longer', () => {
    const weekly = schedule({ patterns: ['Runs take 3.0 times as long on Mondays.'] });
    const text = visible(renderPullRequest(view({ decision: decision([weekly]) })).body);
    expect(text).toContain(
      'late (nine in ten: 4 h 15 min). Runs take 3.0 times as long on Mondays. At the new',
    );
  });

  it('speaks of no proofs, seeds and propensities', () => {
    expect(body.slice(0, body.indexOf('<!--'))).not.toMatch(/proof|prove|seed|propensit|drawn|probabilit/i);
  });

  it('claims no gain in lateness that nobody has seen', () => {
    const unknown = schedule({
      latenessBelief: 0,
      proposed: outlook({ latenessMedianMinutes: 30, overlapMinutesPerWeek: 12 }),
    });
    const commands = [{ usage: '/on-time [workflow]', summary: '' }];
    const text = visible(renderPullRequest(view({ decision: decision([unknown]), commands })).body);
    expect(text).toContain('Most of the wait is GitHub’s: today Nightly starts more than 2 h 38 min late');
    expect(text).toContain('Nightly would run beside other runs 12 min a week instead of 5 h 12 min');
    expect(text).toContain('At the new time, by a forecast from other hours: 30 min late');
    expect(text).not.toContain('delayed about');
    expect(text).toContain('80 %hour hardly seen “Sure” is');
    expect(text).toContain('it is forecast from others');
    expect(text).not.toContain('at its new time too');
  });

  it('leaves overlap out of the simulation where no job has to wait for it', () => {
    const simulation = simulated();
    const body = (overlapCounts: boolean) =>
      renderPullRequest(view({ decision: decision([schedule({ overlapCounts })]), simulation })).body;
    expect(body(true)).toContain('Overlap of runs');
    expect(body(false)).not.toMatch(/Overlap of runs|Most jobs at once/);
  });

  it('tells before the merge that more runs fail in the simulator, where that is beyond chance', () => {
    const body = (low: number) => {
      const failures = { before: 6.25, after: 6.47, difference: 0.22, low, high: 0.39 };
      return visible(renderPullRequest(view({ simulation: simulated({ failures }) })).body);
    };
    expect(body(0.04)).toContain(
      'In the simulator more runs fail: 6.47 a week instead of 6.25 (95 % interval 0.04 to 0.39 more).',
    );
    expect(body(-0.01)).not.toContain('In the simulator');
  });

  it('tells differences of the figures as they are shown', () => {
    const lateShare = { before: 0.304, after: 0.076, difference: -0.228, low: -0.33, high: -0.13 };
    const failures = { before: 0.59, after: 0.41, difference: -0.18, low: -0.37, high: -0.001 };
    const { body } = renderPullRequest(view({ simulation: simulated({ lateShare, failures }) }));
    expect(plain(body)).toContain('| 30 % | 8 % | −22 points (−73 %), −33 points to −13 points |');
    expect(plain(body)).toContain('| 0.59 | 0.41 | −0.18 (−31 %), −0.37 to 0 |');
  });

  it('says in the first sentence where a run starts later by the clock', () => {
    const later = schedule({ cron: '0 2 * * *', to: '0 9 * * *' });
    const { body } = renderPullRequest(view({ decision: decision([later]) }));
    expect(plain(body)).toMatch(
      /^.*other runs 12 min a week instead of 5 h 12 min, yet start 4 h 52 min later\./m,
    );
    expect(plain(renderPullRequest(view()).body)).not.toContain('yet start');
  });

  it('tells what each schedule gains, and no sum', () => {
    const late = schedule({
      workflowName: 'Stale issues',
      benefit: 0.5,
      proposed: outlook({ latenessMedianMinutes: 112 }),
    });
    const due = schedule({
      workflowName: 'Morning report',
      benefit: 0.9,
      finishBy: '07:00',
      today: outlook({ finishByProbability: 0.68 }),
      proposed: outlook({ finishByProbability: 0.95, latenessMedianMinutes: 192 }),
    });
    const text = visible(renderPullRequest(view({ decision: decision([late, due]) })).body);
    expect(text).toContain(
      'Morning report would be done by 07:00 in 95 % of runs instead of 68 %, and Stale issues would ' +
        'be delayed about 46 min less by GitHub.',
    );
    expect(text).toContain('done by 07:00 (finish-by): 68 % → 95 % of runs');
    expect(text).toContain('but median delay 3 h 12 min instead of 2 h 38 min');
  });

  it('tells of the latest runs where half of them hardly gain', () => {
    const move = schedule({ proposed: outlook({ latenessMedianMinutes: 157, latenessP90Minutes: 200 }) });
    const text = visible(
      renderPullRequest(view({ decision: decision([{ ...move, overlapCounts: false }]) })).body,
    );
    expect(text).toContain(
      'Nightly would be delayed at most 3 h 20 min in nine runs of ten instead of 4 h 15 min.',
    );
  });

  it('says so where less delay after a later minute is a later start, and tells it as no gain', () => {
    const later = schedule({
      to: '0 4 * * *',
      proposed: outlook({ latenessMedianMinutes: 100, overlapMinutesPerWeek: 12 }),
    });
    const text = visible(renderPullRequest(view({ decision: decision([later]) })).body);
    expect(text).toContain('instead of 5 h 12 minbut half start by 05:40 instead of 04:38');
    expect(text).not.toMatch(/delay 1 h 40 min instead|less by GitHub|“Delay” counts/);
    const earlier = schedule({ to: '0 1 * * *', proposed: outlook({ latenessMedianMinutes: 100 }) });
    expect(visible(renderPullRequest(view({ decision: decision([earlier]) })).body)).not.toContain(
      'but half',
    );
  });

  it.each([
    [100, 255, 'half start by 04:10 instead of 04:38', 'start by 04:10 instead of 04:38 in half of its runs'],
    [128, 200, 'nine of ten start by 05:50 instead of 06:15', 'instead of 06:15 in nine runs of ten'],
  ])('tells the gain of a later time by the clock: delay %i, at most %i', (median, p90, brief, sentence) => {
    const proposed = outlook({ latenessMedianMinutes: median, latenessP90Minutes: p90 });
    const move = schedule({ to: '30 2 * * *', proposed });
    const text = visible(renderPullRequest(view({ decision: decision([move]) })).body);
    expect(text).toContain(brief);
    expect(text).toContain(sentence);
    const twice = schedule({ ...move, cron: '0 2,14 * * *', to: '30 2,14 * * *' });
    expect(visible(renderPullRequest(view({ decision: decision([twice]) })).body)).toMatch(
      /start 2\d min earlier/,
    );
  });

  it('asks whether its input is there where a run starts more than an hour earlier', () => {
    const move = (to: string, over = {}) => schedule({ to, proposed: outlook(), ...over });
    const text = (...moves: ReturnType<typeof schedule>[]) =>
      visible(renderPullRequest(view({ decision: decision(moves) })).body);
    expect(text(move('0 0 * * *'), move('30 0 * * *', { workflowName: 'Report' }))).toContain(
      'They start earlier (half of the runs): Nightly by 02:38 instead of 04:38 and Report by 03:08 instead of 04:38. ' +
        'Check that the data they read is ready by then.',
    );
    expect(text(move('0 2,14 * * *', { cron: '30 3,15 * * *' }))).toContain(
      '(half of the runs): Nightly 1 h 30 min earlier.',
    );
    expect(text(...Array.from({ length: 5 }, () => move('0 0 * * *')))).toContain('and 3 more. Check');
    expect(text(move('1 1 * * *'), move('0 4 * * *'))).not.toContain('there by then');
  });

  it('says why delays of two workflows differ at one hour', () => {
    const other = (over: object) => schedule({ key: 'other', path: 'other.yml', to: '3 21 * * *', ...over });
    const text = (over: object) =>
      visible(renderPullRequest(view({ decision: decision([schedule(), other(over)]) })).body);
    expect(text({ proposed: outlook({ latenessMedianMinutes: 50 }) })).toContain(
      'Delays at one hour differ between workflows: each is learned from its own runs.',
    );
    expect(text({})).not.toContain('learned from its own runs');
    expect(text({ to: '3 22 * * *', proposed: outlook({ latenessMedianMinutes: 50 }) })).not.toContain(
      'learned from its own runs',
    );
  });

  it('says what a revert is opened for', () => {
    expect(visible(body)).toContain(
      'opens a revert if runs clearly fail more often, or take or wait 35 % longer, while schedules left ' +
        'alone do not.',
    );
  });

  it('says how to take some of several moves, and nothing of it beside one', () => {
    const both = ['a', 'b'].map((file) => schedule({ path: `.github/workflows/${file}.yml` }));
    expect(visible(renderPullRequest(view({ decision: decision(both) })).body)).toContain(
      'Only some of these? /pin b.yml takes that one out.',
    );
    expect(body).not.toContain('Only some of these');
  });

  it('says what the cost is of which shares are told', () => {
    expect(body).toContain(
      'Cost is a score: it adds up delay, overlap, failures, missed finish-by times and runner charges',
    );
  });

  it('owns up to a gain that is hardly any', () => {
    const same = schedule({ today: outlook(), proposed: outlook(), benefit: 0.03 });
    expect(visible(renderPullRequest(view({ decision: decision([same]) })).body)).toContain(
      'Nightly would lose 3 % less to delay, overlap, failures, missed finish-by times and runner charges.',
    );
  });

  it.each([
    ['30 4 * * *', '3 6 * * *', null],
    ['30 4 * * *', '0 8 * * *', 'moves 3 h 30 min later.'],
    ['30 4 * * *', '57 22 * * *', 'moves 5 h 33 min earlier, to the day before.'],
    ['50 23 * * *', '10 0 * * *', 'moves 20 min later, to the day after.'],
    ['0 5 * * 1', '0 4 * * 0', 'moves 1 h earlier, from Monday to Sunday.'],
    ['0 * * * *', '52 * * * *', null],
  ])('points out a far move: %s → %s', (cron, to, said) => {
    const { body: text } = renderPullRequest(view({ decision: decision([schedule({ cron, to })]) }));
    if (said === null) expect(text).not.toMatch(/^\*\*Nightly moves/m);
    else expect(plain(text)).toContain(`**Nightly ${said}**`);
    expect(text.includes('on the same days')).toBe(said === null || !said.includes(','));
  });

  it('offers to start a workflow on its minute where most of the wait is GitHub’s', () => {
    const dispatch = [{ usage: '/on-time <workflow>', summary: '' }];
    const late = decision([schedule({ proposed: outlook({ latenessMedianMinutes: 115 }) })]);
    const offer = '/on-time nightly.yml has Offbeat start it on its minute';
    expect(visible(renderPullRequest(view({ decision: late, commands: dispatch })).body)).toContain(offer);
    expect(visible(renderPullRequest(view({ decision: late })).body)).not.toContain('on its minute');
    const soon = decision([schedule({ proposed: outlook({ latenessMedianMinutes: 8 }) })]);
    expect(visible(renderPullRequest(view({ decision: soon, commands: dispatch })).body)).not.toContain(
      offer,
    );
  });

  it('lists other times by what they save, the chosen one among them', () => {
    const move = schedule({
      benefit: 0.4,
      alternatives: [
        { cron: '41 20 * * *', score: 0.43 },
        { cron: '5 20 * * *', score: 0.1 },
      ],
    });
    const fold = [
      ...page(renderPullRequest(view({ decision: decision([move]) })).body).querySelectorAll('details'),
    ].find(({ textContent }) => textContent?.includes('Other times'));
    const rows = [...(fold?.querySelectorAll('tbody tr') ?? [])].map((row) =>
      [...row.querySelectorAll('td')].map(({ textContent }) => plain(textContent)).slice(1),
    );
    expect(rows).toEqual([
      ['41 20 * * *', '43 %'],
      ['17 21 * * * (chosen)', '40 %'],
      ['5 20 * * *', '10 %'],
    ]);
  });

  it('carries its state unseen', () => {
    expect(readMarker(body, 'offbeat[bot]', 'offbeat[bot]')).toMatchObject({
      repositoryId: 42,
      decisionId: 'd-1',
      moves: movesOf(decision()),
    });
    expect(rendered.textContent).not.toContain('offbeat:state');
  });

  it('is worded like the project’s own commits', () => {
    const titles = ['fix(api): close sockets', 'Merge pull request #3 from x', 'feat: more', 'Oops'];
    expect(renderPullRequest(view({ recentCommitTitles: titles })).title).toBe(
      'ci: move nightly.yml to a better time',
    );
    expect(renderPullRequest(view({ recentCommitTitles: ['Add x', 'Fix y'] })).title).toBe(title);
  });

  it('folds what is held back with its reason, and owns up to figures of other schedules', () => {
    const held = ['a', 'b'].map((file) =>
      schedule({ path: `.github/workflows/${file}.yml`, outcome: 'held', reasons: [`Held: ${file}.`] }),
    );
    const { body } = renderPullRequest(view({ decision: decision([schedule({ runsSeen: 0 }), ...held]) }));
    expect(body.replaceAll('\u00a0', ' ')).toContain('Held back: 2 schedules');
    expect(body).toContain('- `b.yml` `0 2 * * *` → `17 21 * * *`: Held: b.');
    expect(body).toContain('no scheduled run seen yet, so these are figures of other runs');
  });

  it('says that a late run of the old cron meets no comparison, where some change along', () => {
    const words = 'has the old cron in `github.event.schedule`; after this change no condition matches it.';
    expect(renderPullRequest(view({ changesComparisons: true })).body).toContain(words);
    expect(renderPullRequest(view()).body).not.toContain('no condition matches');
  });

  it('names comments that state the old time', () => {
    const { body } = renderPullRequest(
      view({
        staleComments: [{ path: '.github/workflows/nightly.yml', line: 4, time: '2am' }],
      }),
    );
    expect(body).toContain('`nightly.yml` line 4 (“2am”)');
    expect(renderPullRequest(view()).body).not.toContain('name the old time');
  });

  it('quotes a comment that gives a reason for the old time, and says when half of the runs start by the clock', () => {
    const { body } = renderPullRequest(
      view({
        reasonsInComments: [
          { path: '.github/workflows/nightly.yml', line: 4, text: 'billing day begins, 02:00' },
        ],
      }),
    );
    expect(visible(body)).toContain(
      'The comment in nightly.yml line 4 gets the new time: “billing day begins, 02:00”. See whether it is still true then.',
    );
    const later = renderPullRequest(view({ decision: decision([schedule({ to: '0 5 * * *' })]) })).body;
    expect(visible(later)).toMatch(/Half start by \d\d:\d\d instead of \d\d:\d\d\./);
    expect(renderPullRequest(view()).body).not.toContain('still true');
  });

  it('names other files in which an old cron stands, five at most, and whether some were not looked into', () => {
    const copy = { path: 'docs/ci.md', line: 3, cron: '0 2 * * *' };
    const body = (copies: CronCopies) => renderPullRequest(view({ copies })).body;
    expect(body({ copies: [copy], isCut: false })).toContain(
      'The old crons stand in other files too: `docs/ci.md` line 3 (`0 2 * * *`). Those are left to you.',
    );
    expect(body({ copies: [copy], isCut: false })).not.toContain('Not all files');
    expect(body({ copies: Array(12).fill(copy), isCut: true })).toMatch(
      /and 7 more\. Those are left to you\. Not all files of the repository were looked into\./,
    );
    expect(body({ copies: [], isCut: true })).toContain('Copies of the old crons may stand in other files.');
    expect(body({ copies: [], isCut: false })).not.toContain('old crons');
  });

  it('says so where there is no quiet time to merge', () => {
    expect(renderPullRequest(view({ mergeWindow: null })).body).toContain('leave no quiet time of day');
  });

  it('stays whole and within GitHub’s limit with thousands of long-named moves', () => {
    for (const size of [1, 30, 300, 3000]) {
      const moves = Array.from({ length: size }, (_, n) =>
        schedule({
          path: `.github/workflows/${'x'.repeat(90)}-${n}.yml`,
          workflowName: '@'.repeat(200),
          reasons: Array(5).fill('A long sentence about the schedule. '.repeat(15)),
          alternatives: Array(400).fill({ cron: '7 3 * * *', score: 1 }),
        }),
      );
      const large = renderPullRequest(view({ decision: decision(moves) })).body;
      expect([...large].length).toBeLessThanOrEqual(MAX_BODY_CODE_POINTS);
      const drawn = page(large);
      expect(large.match(/<details>/g)?.length).toBe(large.match(/<\/details>/g)?.length);
      expect(drawn.querySelectorAll('h3').length).toBe(3);
      expect(readMarker(large, 'a', 'a')?.decisionId).toBe('d-1');
    }
  });

  it('does nothing that a name asks for', () => {
    const plain = new Set(
      [...page(renderPullRequest(view()).body).querySelectorAll('*')].map(({ tagName }) => tagName),
    );
    fc.assert(
      fc.property(hostile, hostile, (name, path) => {
        const move = schedule({
          workflowName: name,
          path: `.github/workflows/${path}.yml`,
          reasons: [`\`${path}\` runs late: ${name}`],
          today: outlook({ finishByProbability: 0.2 }),
          proposed: outlook({ finishByProbability: 0.8 }),
        });
        const { title, body, commitMessage } = renderPullRequest(
          view({ decision: decision([move]), actors: [name], commands: [{ usage: name, summary: path }] }),
        );
        const drawn = page(body);
        expect([...drawn.querySelectorAll('*')].filter(({ tagName }) => !plain.has(tagName))).toEqual([]);
        expect(autolinks(drawn)).toEqual([]);
        expect(drawn.querySelectorAll('h3').length).toBe(3);
        expect(title).not.toMatch(/[@#\n]/);
        expect(commitMessage).not.toMatch(/[@#[\]]/);
      }),
      sampledRuns(150, 50),
    );
  });
});

describe('who is named for a start on the minute', () => {
  it('is the workflow with a deadline, though another waits longer', () => {
    const late = outlook({ latenessMedianMinutes: 90 });
    const row = (path: string, more: object) => ({
      ...schedule({ path, outcome: 'move', today: late, proposed: late }),
      ...more,
    });
    const moves = [
      row('.github/workflows/stale.yml', {
        proposed: outlook({ latenessMedianMinutes: 200 }),
        today: outlook({ latenessMedianMinutes: 210 }),
      }),
      row('.github/workflows/report.yml', { finishBy: '07:00' }),
    ];
    const { body } = renderPullRequest(
      view({
        decision: decision(moves),
        commands: [{ usage: '/on-time [WORKFLOW]', summary: 'Start it on its minute.' }],
      }),
    );
    expect(body).toContain('`/on-time report.yml` has Offbeat start it');
  });
});
