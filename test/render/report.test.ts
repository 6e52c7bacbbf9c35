import fc from 'fast-check';
import type { PageElement } from 'jsdom';
import { describe, expect, it } from 'vitest';
import type { LearningView } from '../../src/render/learning.ts';
import { type Report, renderReport } from '../../src/render/report.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { type TerminalLayout, toTerminal } from '../../src/render/to-terminal.ts';
import { NOW, outlook } from '../proposal/sample.ts';
import { sampledRuns } from '../sampled.ts';
import { autolinks, page } from './github.ts';
import { hostile } from './hostile.ts';

const REFUSED =
  'Refused, crossed from default and gen1-2: not proven better (p 0.3120, needed 0.0083; mean error ' +
  '12.34 %, best parent 12.31 %, on 20 windows held out; performance 0.84).';
const GENES = { success_weight: 0.4, failure_penalty: 0.2, recency_bias: 0.3, exploration_rate: 0.1 };

function learning(name: string): LearningView {
  const record = {
    parents: [],
    parameters: GENES,
    excellent: 500,
    good: 150,
    fair: 60,
    poor: 32,
    mean_error_percent: 12.5,
    mape_percent: 14,
    mae_seconds: 31,
    accuracy_score: 87.5,
    performance: 0.85,
    lower_bound: 0.8,
    interval_coverage: 0.9,
    trend: 'stable' as const,
    slot_regret_hours: null,
    objectives: null,
    dominated: false,
  };
  const event = { at: NOW, before: GENES, after: GENES };
  return {
    strategies: [
      { ...record, name: 'default', generation: 0, total: 742 },
      { ...record, name: 'gen1-2', generation: 1, total: 100, slot_regret_hours: 0.25, dominated: true },
    ],
    best_strategy: 'default',
    last_events: [
      { ...event, kind: 'adapted', strategy: 'default', why: `The pattern of ${name}.yml has changed.` },
    ],
    last_evolution: {
      at: NOW,
      runsReplayed: 420,
      events: [
        { ...event, kind: 'evolved', strategy: 'gen2-1', why: 'Kept, mutated from default: p 0.0010.' },
        { ...event, kind: 'refused', strategy: 'gen2-2', why: REFUSED },
      ],
    },
    learned_from: { repositories: 3, series: 12 },
  };
}

const renderReportMarkdown = (report: Report): string => toMarkdown(renderReport(report));
const renderReportText = (report: Report, layout?: TerminalLayout): string =>
  toTerminal(renderReport(report), layout);

function view(name = 'Nightly', over: Partial<Report> = {}): Report {
  return {
    repository: 'acme/site',
    at: NOW,
    mode: { mode: 'observe', why: 'Nobody has chosen a mode, and `observe` is the default.' },
    runsSeen: 742,
    runsLearned: 700,
    missedShare: 0.03,
    schedules: [
      {
        workflowName: name,
        path: `.github/workflows/${name}.yml`,
        cron: '0 2 * * *',
        timezone: 'UTC',
        runsSeen: 58,
        missedShare: 0.02,
        outlook: outlook(),
        outcome: 'move',
        to: '17 21 * * *',
        reason: `${name} runs late.`,
      },
      {
        workflowName: 'New',
        path: '.github/workflows/new.yml',
        cron: '0 3 * * *',
        timezone: 'UTC',
        runsSeen: 0,
        missedShare: null,
        outlook: null,
        outcome: null,
        to: null,
        reason: '',
      },
    ],
    strategies: [
      { name: 'default', generation: 0, performance: 0.71, predictions: 742, trend: 'stable', active: true },
    ],
    learning: learning(name),
    decision: {
      id: 'd-1',
      at: NOW,
      confidence: 0.8,
      benefit: 0.3,
      gates: [
        { gate: 'mode', passed: false, detail: 'The mode is `observe`: nothing is touched.' },
        { gate: 'config', passed: true, detail: 'The configuration is valid.' },
      ],
    },
    proposals: [
      {
        pullNumber: 12,
        url: 'https://github.com/acme/site/pull/12',
        state: 'merged',
        moves: 2,
        verdict: null,
      },
    ],
    damage: [],
    refusals: [],
    ...over,
  };
}

/** A month of a nightly on time; the net has served one of its ticks. */
function onTime(why: string | null = null): NonNullable<Report['onTime']> {
  const path = '.github/workflows/nightly.yml';
  const by = { offbeat: 29, github: 0, net: 1, person: 0, nobody: 0 };
  const shares = { ticks: 30, onTime: 29, by, twinsCancelled: 0, twinsLeft: 0 };
  return {
    workflows: [{ path, mode: 'punctual', net: 'own', delayMinutes: 0, why, shares }],
    beside: { ticks: 28, days: 28, laterMinutes: 104, interval: [60, 150] },
    minutes: { net: 31, twins: 0 },
    areBilled: false,
    newest: [{ path, tick: NOW, by: 'offbeat', startedAt: NOW + 6_000, githubAt: null }],
  };
}

const plain = (text: string | null): string => (text ?? '').replaceAll('\u00a0', ' ');

describe('the report', () => {
  it('names the cron of each reason where a file has several', () => {
    const [first, ...others] = view().schedules;
    if (first === undefined) throw new Error('The sample has a schedule.');
    const second = { ...first, cron: '0 4 * * 1', reason: 'It stays.' };
    const text = renderReportText(view('Nightly', { schedules: [first, second, ...others] }), {
      columns: 200,
    });
    expect(text).toContain('Nightly.yml 0 2 * * *: Nightly runs late.');
    expect(text).toContain('Nightly.yml 0 4 * * 1: It stays.');
    expect(renderReportText(view())).toContain('Nightly.yml: Nightly runs late.');
  });

  it.each([
    ['a comment', plain(page(renderReportMarkdown(view())).textContent)],
    ['a terminal', renderReportText(view())],
  ])('says as %s what is known, what was decided and what held it back', (_, text) => {
    for (const said of [
      'observe',
      '684 other runs',
      '2 h 38 min / 4 h 15 min',
      '94 %',
      '17 21 * * *',
      'not decided yet',
      'd-1',
      '#12',
      '85 %',
      REFUSED,
    ]) {
      expect(text).toContain(said);
    }
    expect(text).toContain('nothing is touched');
    expect(text).not.toContain('The configuration is valid');
  });

  it('puts damage first and admits an empty repository', () => {
    const text = plain(
      page(
        renderReportMarkdown(
          view('x', { schedules: [], decision: null, damage: ['`runs.json` was damaged.'] }),
        ),
      ).textContent,
    );
    expect(text).toContain('runs.json was damaged');
    expect(text).toContain('No schedule was found');
  });

  it.each([
    [
      'nothing decided yet',
      { decision: null },
      '2 schedules, 58 scheduled runs and 684 other runs seen; nothing has been decided yet.',
    ],
    [
      'a better time',
      {},
      '1 of 2 schedules would do better at another time (58 scheduled runs and 684 other runs seen). /suggest turns',
    ],
    [
      'an open pull request',
      { proposals: [{ ...view().proposals[0], pullNumber: 13, state: 'open' as const }] },
      'Pull request #13 proposes it: merge it, or close it. Mode observe: Nobody has chosen a mode',
    ],
    [
      'nothing to gain',
      { schedules: view().schedules.map((one) => ({ ...one, outcome: 'keep' as const, to: null })) },
      'No better time for any of 2 schedules (58 scheduled runs and 684 other runs seen). There is nothing to do. Mode observe',
    ],
    [
      'nothing known of any schedule',
      {
        runsSeen: 60,
        schedules: view().schedules.map((one) => ({
          ...one,
          outlook: null,
          outcome: 'keep' as const,
          to: null,
        })),
      },
      'No better time is known for any of 2 schedules (58 scheduled runs and 2 other runs seen). There is nothing to do.',
    ],
    [
      'no run at all',
      {
        runsSeen: 0,
        runsLearned: 0,
        schedules: view().schedules.map((one) => ({
          ...one,
          runsSeen: 0,
          outlook: null,
          outcome: 'keep' as const,
          to: null,
        })),
      },
      'No better time is known for any of 2 schedules (0 scheduled runs seen). Without runs, offbeat plan shows the moves off',
    ],
    [
      'a better time that is held back',
      { schedules: view().schedules.map((one, at) => ({ ...one, outcome: at === 0 ? 'held' : 'keep' })) },
      '1 of 2 schedules has a better time, held back for now (58 scheduled runs and 684 other runs seen). There is nothing to do.',
    ],
  ])('leads with what was found and what to do: %s', (_, over, said) => {
    const report = view('Nightly', over as Partial<Report>);
    const [lead = ''] = renderReportMarkdown(report).split('\n\n');
    expect(plain(page(lead).textContent)).toContain(said);
    expect(renderReportText(report)).toContain(said);
  });

  it('counts in the lead the runs of the table, and the better times of the table', () => {
    const [nightly, other] = view().schedules as [Report['schedules'][number], Report['schedules'][number]];
    const report = view('Nightly', {
      schedules: [nightly, { ...nightly, runsSeen: 1_336 }, { ...nightly, outcome: 'held' }, other],
      runsSeen: 1_500,
    });
    const text = renderReportText(report);
    expect(text).toContain(
      '2 of 4 schedules would do better at another time, and 1 more has a better time that is held back ' +
        '(1,452 scheduled runs and 48 other runs seen).',
    );
    expect(text.match(/^.*better time(: |, held back: )/gm)).toHaveLength(3);
  });

  it.each([
    [{ outcome: 'refused', runsSeen: 9 }, 'is left alone, so nothing is forecast of it'],
    [{ outcome: 'keep', runsSeen: 0 }, 'has had no scheduled run'],
    [{ outcome: null, runsSeen: 9 }, 'is not decided yet'],
    [{ outcome: 'keep', runsSeen: 9 }, 'has no run that succeeded or failed'],
    [{ outlook: outlook(), isTimed: false }, 'has no run whose duration is known'],
  ] as const)('says why a row has dashes: %o', (over, cause) => {
    const [nightly, other] = view().schedules as [Report['schedules'][number], Report['schedules'][number]];
    const row = { ...other, runsSeen: 9, ...over } as Report['schedules'][number];
    const dashed = view('Nightly', { schedules: [nightly, row] });
    for (const text of [plain(page(renderReportMarkdown(dashed)).textContent), renderReportText(dashed)]) {
      expect(text).toContain(`“–”: new.yml ${cause}.`);
    }
    expect(renderReportText(view('Nightly', { schedules: [nightly] }))).not.toContain('“–”');
  });

  it('counts the rows with dashes where they are many', () => {
    const left = (names: readonly string[]) =>
      names.map((name) => ({
        ...(view().schedules[1] as Report['schedules'][number]),
        path: `.github/workflows/${name}.yml`,
        outcome: 'refused' as const,
      }));
    const said = (names: readonly string[]) => renderReportText(view('x', { schedules: left(names) }));
    expect(said(['a', 'b', 'c', 'd'])).toContain('“–”: a.yml, b.yml, c.yml and d.yml are left alone');
    expect(said(['a', 'b', 'c', 'd', 'e'])).toContain('“–”: a.yml, b.yml, c.yml and 2 others are left alone');
  });

  it.each([
    [4, '70 % of the ticks of 3.yml (0 2 * * *).'],
    [5, '70 % of the ticks of 2.yml (0 2 * * *) and some ticks of 2 more schedules.'],
  ])('names the schedules that lose most ticks, of %d', (many, end) => {
    const nightly = view().schedules[0] as Report['schedules'][number];
    const schedules = Array.from({ length: many }, (_, at) => ({
      ...nightly,
      path: `.github/workflows/${at}.yml`,
      missedShare: 0.7,
    }));
    expect(renderReportText(view('x', { schedules }))).toContain(end);
  });

  it('names the schedule whose ticks GitHub drops, and no share of all', () => {
    const [nightly, other] = view().schedules;
    const often = { ...nightly, path: '.github/workflows/sync.yml', cron: '*/15 * * * *', missedShare: 0.7 };
    const report = view('Nightly', {
      missedShare: 0.64,
      schedules: [nightly, often, other] as Report['schedules'],
    });
    for (const text of [plain(page(renderReportMarkdown(report)).textContent), renderReportText(report)]) {
      expect(text).toContain('GitHub starts no run for 70 % of the ticks of sync.yml (*/15 * * * *).');
      expect(text).not.toContain('64 %');
    }
  });

  it('says what GitHub refuses, in a comment and in a terminal', () => {
    const report = view('x', { refusals: ['GitHub refuses proposal: Repository rule violations found.'] });
    for (const text of [plain(page(renderReportMarkdown(report)).textContent), renderReportText(report)]) {
      expect(text).toContain('GitHub refuses proposal: Repository rule violations found.');
    }
  });

  it('does not take a pull request about starts for one that moves schedules', () => {
    const [proposal] = view().proposals;
    const starts = { ...proposal, state: 'open' as const, moves: 0 } as Report['proposals'][number];
    const text = renderReportText(view('Nightly', { proposals: [starts] }));
    expect(text).toContain('#12: open, how workflows are started.');
    expect(text).not.toContain('#12 proposes it');
  });

  it('tells who has started workflows on time, what GitHub would have done, and what it cost', () => {
    const report = view('x', { onTime: onTime() });
    for (const text of [plain(page(renderReportMarkdown(report)).textContent), renderReportText(report)]) {
      expect(text).toContain('97 %');
      expect(text).toContain('Offbeat 29, the net 1');
      expect(text).toContain(
        'GitHub’s own scheduler came 1 h 44 min later in the median (95 % interval 1 h to 2 h 30 min for that ' +
          'median; 28 ticks of 28 days)',
      );
      expect(text).toContain('31 min of runners for the net and 0 min for second runs');
      expect(text).toContain('on standard runners they are not billed, as the repository is public');
      expect(text).toContain('6 s');
    }
  });

  it('does nothing that a name asks for', () => {
    const tags = (body: PageElement) =>
      new Set([...body.querySelectorAll('*')].map(({ tagName }) => tagName));
    const harmless = tags(
      page(renderReportMarkdown(view('x', { damage: ['x'], refusals: ['x'], onTime: onTime('x') }))),
    );
    fc.assert(
      fc.property(hostile, (name) => {
        const body = page(
          renderReportMarkdown(view(name, { damage: [name], refusals: [name], onTime: onTime(name) })),
        );
        expect([...tags(body)].filter((tag) => !harmless.has(tag))).toEqual([]);
        expect(autolinks(body).filter((link) => link !== '#1')).toEqual([]);
      }),
      sampledRuns(200, 60),
    );
  });

  it('lets no name paint the terminal or break a line of it', () => {
    const lines = renderReportText(view()).split('\n').length;
    fc.assert(
      fc.property(fc.oneof(hostile, fc.constant('\u001b[2J\u001b]0;x\u0007')), (name) => {
        const text = renderReportText(view(name));
        expect(text).not.toMatch(/[^\P{Cc}\n]/u);
        expect(text.split('\n').length).toBe(lines);
      }),
    );
    expect(renderReportText(view(), { color: true })).toContain('\u001b[');
  });
});

describe('what was learned', () => {
  it.each([
    ['comment', (report: Report) => plain(page(renderReportMarkdown(report)).textContent)],
    ['terminal', renderReportText],
  ] as const)('is said as a %s: buckets, the strategy in use, and each child that was tried', (_, render) => {
    const text = render(view());
    for (const said of [
      '500 / 150 / 60 / 32',
      '87.5',
      '0.25 h',
      '(dominated)',
      'gen2-1: Kept, mutated from default: p 0.0010.',
      `gen2-2: ${REFUSED}`,
      '1 kept, 1 refused',
      'The pattern of Nightly.yml has changed.',
    ]) {
      expect(text).toContain(said);
    }
  });

  it('says when the first evolution comes where there was none', () => {
    const { learning: whole } = view();
    expect(renderReportText(view('Nightly', { learning: { ...whole, last_evolution: null } }))).toContain(
      'the first round comes after 50 runs',
    );
  });
});
