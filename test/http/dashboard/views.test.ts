import { describe, expect, it } from 'vitest';
import { updateBackground } from '../../../src/forecast/background.ts';
import { emptyLatenessPool } from '../../../src/forecast/lateness-pool.ts';
import { dayView, MOST_ROWS, runsBetween } from '../../../src/http/dashboard/views/day.ts';
import {
  DECISIONS_A_PAGE,
  decisionDetail,
  decisionsView,
} from '../../../src/http/dashboard/views/decisions.ts';
import { forecastView } from '../../../src/http/dashboard/views/forecasts.ts';
import { githubLinks } from '../../../src/http/dashboard/views/github-links.ts';
import { latenessView } from '../../../src/http/dashboard/views/lateness.ts';
import { EVENTS_A_PAGE, logView } from '../../../src/http/dashboard/views/log.ts';
import { proposalsView } from '../../../src/http/dashboard/views/proposals.ts';
import { readableRepositories } from '../../../src/http/dashboard/views/repositories.ts';

import { safetyView } from '../../../src/http/dashboard/views/safety.ts';
import { strategiesView } from '../../../src/http/dashboard/views/strategies.ts';
import { type HourLoad, weekView } from '../../../src/http/dashboard/views/week.ts';
import { schedulesOf } from '../../../src/http/dashboard/views/workflow-names.ts';
import { profile } from '../../store/sample.ts';
import { NOW } from '../../usecases/fakes.ts';
import { DAY_MS, decisionOn, emptyState, livedIn, OUTLOOK, type SampleSchedule } from './states.ts';

const A: SampleSchedule = { path: '.github/workflows/a.yml', cron: '0 0 * * *', name: 'Nightly' };
const B: SampleSchedule = { path: '.github/workflows/b.yml', cron: '30 5 * * 1' };

describe('the week', () => {
  it('is not drawn before there is a decision', () => {
    expect(weekView(emptyState(), NOW)).toBeNull();
  });

  it('holds as many hours of work as runs take, wherever these are moved', () => {
    const view = weekView(livedIn([A], 14, { [A.path]: '17 20 * * *' }), NOW);
    // Seven runs a week of half an hour.
    const hours = (load: readonly HourLoad[] = []) => load.reduce((sum, { jobs }) => sum + jobs, 0);
    expect(hours(view?.before)).toBeCloseTo(3.5, 6);
    expect(hours(view?.after)).toBeCloseTo(3.5, 6);
    expect(view).toMatchObject({ moves: 1, held: 0, sharedBefore: 100, sharedAfter: 40, unknown: 0 });
  });

  it('puts the load where runs start, not where ticks are', () => {
    const view = weekView(livedIn([A], 14, { [A.path]: '0 12 * * *' }), NOW);
    // An hour late half the time: between 00:30 and 02:30, and after the move sooner after 12:00.
    expect(Math.floor((view?.peakBefore.minute ?? 0) / 60) % 24).toBe(1);
    expect(Math.floor((view?.peakAfter.minute ?? 0) / 60) % 24).toBe(12);
  });

  it('counts jobs side by side, and those that no schedule started', () => {
    const state = livedIn([A], 14);
    const [version] = state.scheduleVersions;
    if (version === undefined) throw new Error('no version');
    const matrix = [{ ...version, widths: { [A.path]: 4 } }];
    const narrow = weekView(state, NOW);
    const wide = weekView({ ...state, scheduleVersions: matrix }, NOW);
    expect(wide?.peakBefore.jobs).toBeCloseTo(4 * (narrow?.peakBefore.jobs ?? 0), 6);
    let { background } = state.learned;
    const wednesday = Date.parse('2026-04-22T15:40:00Z');
    const push = { startedAt: wednesday, endedAt: wednesday + 300_000 };
    for (let week = 0; week < 9; week += 1) background = updateBackground(background, push, [], 50);
    const busy = weekView({ ...state, learned: { ...state.learned, background } }, NOW);
    expect(busy?.peakBefore.minute).toBe((2 * 24 + 15) * 60 + 40);
    expect(busy?.before[2 * 24 + 15]?.busiest).toBeGreaterThan(2 * (busy?.before[2 * 24 + 15]?.jobs ?? 0));
  });

  it('wraps what reaches over Sunday midnight round to Monday', () => {
    const state = emptyState();
    const sunday = decisionOn([{ path: 'x', cron: '30 23 * * 0' }]);
    const view = weekView({ ...state, decisions: [sunday] }, NOW);
    expect(view?.before[0]?.jobs).toBeGreaterThan(0);
  });

  it('leaves held moves where they are, and counts what it cannot draw', () => {
    const decision = decisionOn([A, B], { [A.path]: '0 12 * * *' });
    const schedules = decision.schedules.map((schedule) =>
      schedule.path === A.path
        ? { ...schedule, outcome: 'held' as const }
        : { ...schedule, today: null, cron: 'no cron' },
    );
    const view = weekView({ ...emptyState(), decisions: [{ ...decision, schedules }] }, NOW);
    expect(view).toMatchObject({ moves: 0, held: 1, unknown: 1 });
    expect(view?.after).toEqual(view?.before);
  });
});

describe('a day', () => {
  const state = livedIn([A, B], 14);
  const day = new Date(NOW - 2 * DAY_MS).toISOString().slice(0, 10);

  it('shows ticks with the runs that took them', () => {
    const view = dayView(state, { date: day, workflow: null, now: NOW });
    const [row] = view.rows;
    expect(row).toMatchObject({ name: 'Nightly', cron: '0 0 * * *' });
    expect(row?.ticks).toHaveLength(1);
    expect(row?.ticks[0]).toMatchObject({ state: 'ran', runId: row?.runs[0]?.id });
    expect(row?.runs[0]?.latenessMinutes).toBeGreaterThanOrEqual(50);
  });

  it('tells missed ticks from those that may still come and those ahead', () => {
    const bare = { ...livedIn([{ ...A, cron: '0 2,23 * * *' }], 14), runs: [] };
    const today = new Date(NOW).toISOString().slice(0, 10);
    const states = (date: string) =>
      dayView(bare, { date, workflow: null, now: NOW }).rows[0]?.ticks.map((tick) => tick.state);
    expect(states(today)).toEqual(['waiting', 'ahead']);
    expect(states(day)).toEqual(['missed', 'missed']);
  });

  it('takes the newest day with a run where the date is none', () => {
    for (const date of [null, '', '2026-13-40', "'; drop", '20260504']) {
      const view = dayView(state, { date, workflow: null, now: NOW });
      expect(view.date).toBe(new Date(state.runs.at(-1)?.createdAt ?? 0).toISOString().slice(0, 10));
    }
  });

  it('shows runs that reach into the day from the one before, and those that no schedule explains', () => {
    const first = state.runs.at(-1);
    if (first === undefined) throw new Error('no run');
    const from = Date.parse(`${day}T00:00:00Z`);
    const runs = [
      {
        ...first,
        createdAt: from - 600_000,
        startedAt: from,
        endedAt: from + 600_000,
        event: 'push',
        scheduleKey: null,
        tick: null,
      },
    ];
    const view = dayView({ ...state, runs }, { date: day, workflow: null, now: NOW });
    const dispatched = runs.map((run) => ({ ...run, event: 'workflow_dispatch' }));
    const other = dayView({ ...state, runs: dispatched }, { date: day, workflow: null, now: NOW });
    expect(other.rows.at(-1)?.name).toBe('Nightly (dispatched)');
    const pushed = view.rows.find(({ name }) => name.includes('push'));
    expect(pushed).toMatchObject({ cron: null, ticks: [] });
    expect(pushed?.runs).toHaveLength(1);
  });

  it('can be narrowed to a workflow, and says how many rows it leaves out', () => {
    const one = dayView(state, { date: day, workflow: A.path, now: NOW });
    expect(one.rows.map(({ path }) => path)).toEqual([A.path]);
    const many = Array.from({ length: MOST_ROWS + 5 }, (_, place) => ({
      ...A,
      path: `.github/workflows/${place}.yml`,
    }));
    const view = dayView(livedIn(many, 3), { date: day, workflow: null, now: NOW });
    expect([view.rows.length, view.more]).toEqual([MOST_ROWS, 5]);
  });
});

describe('runs between two instants', () => {
  it('are those of a filter, cut instead of searched', () => {
    const { runs } = livedIn([A, B], 14);
    for (const [from, to] of [
      [0, NOW],
      [NOW - 3 * DAY_MS, NOW - DAY_MS],
      [NOW, NOW + DAY_MS],
      [NOW - DAY_MS, NOW - 2 * DAY_MS],
    ] as const) {
      expect(runsBetween(runs, from, to)).toEqual(
        runs.filter(({ createdAt }) => createdAt >= from && createdAt < to),
      );
    }
  });
});

describe('lateness by hour', () => {
  it('has an interval for every hour, and the runs seen at those it ticks at', () => {
    const view = latenessView(livedIn([A, B], 14), emptyLatenessPool(), { key: `${A.path}#0`, now: NOW });
    expect(view?.hours.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
    for (const { minutes } of view?.hours ?? []) {
      const { q05, q25, q50, q75, q95 } = minutes;
      expect([q05, q25, q50, q75, q95].toSorted((a, b) => a - b)).toEqual([q05, q25, q50, q75, q95]);
    }
    expect(view?.hours.filter(({ seen }) => seen.length > 0).map(({ hour }) => hour)).toEqual([0]);
  });

  it('opens on the schedule that is expected to start latest', () => {
    const state = livedIn([A, B], 14);
    for (const late of [A, B]) {
      const made = decisionOn([A, B]);
      const schedules = made.schedules.map((line) =>
        line.path === late.path ? { ...line, today: { ...OUTLOOK, latenessMedianMinutes: 200 } } : line,
      );
      const decisions = [{ ...made, schedules }];
      const view = latenessView({ ...state, decisions }, emptyLatenessPool(), { key: null, now: NOW });
      expect(view?.schedule.path).toBe(late.path);
    }
  });

  it('opens on the first of equally late ones where it is asked for one that is not there', () => {
    const view = latenessView(livedIn([B, A], 14), emptyLatenessPool(), { key: 'nonsense', now: NOW });
    expect(view?.schedule.path).toBe(B.path);
    expect(latenessView(emptyState(), emptyLatenessPool(), { key: null, now: NOW })).toBeNull();
  });
});

describe('forecast against actual', () => {
  it('forecasts every run but the first from those before it', () => {
    const state = livedIn([A], 14);
    const view = forecastView(state, null);
    expect(view?.points).toHaveLength(state.runs.length - 1);
    expect(view?.points[0]?.seconds.q50).toBeCloseTo(state.runs.at(0)?.durationSeconds ?? 0, 0);
    for (const point of view?.points ?? []) {
      expect(point.inside).toBe(
        point.actualSeconds >= point.seconds.q05 && point.actualSeconds <= point.seconds.q95,
      );
    }
  });

  it('does not know the run it forecasts', () => {
    const state = livedIn([A], 14);
    const runs = state.runs.slice();
    const last = runs.at(-1);
    if (last === undefined) throw new Error('no run');
    const slow = { ...state, runs: [...runs.slice(0, -1), { ...last, durationSeconds: 90_000 }] };
    expect(forecastView(slow, null)?.points.at(-1)?.seconds).toEqual(
      forecastView(state, null)?.points.at(-1)?.seconds,
    );
  });

  it('is nothing without runs', () => {
    expect(forecastView(emptyState(), null)).toBeNull();
  });
});

describe('strategies', () => {
  const state = livedIn([A], 3);

  it('stand with the one in use first, each with its own rolling record', () => {
    const view = strategiesView(state, null);
    expect(view.strategies.map(({ active }) => active)).toEqual([true, false]);
    expect(view.strategies[0]?.record).toHaveLength(30 - 12 + 1);
    for (const worth of view.strategies[0]?.record ?? []) expect(worth).toBeGreaterThanOrEqual(0.4);
  });

  it('hang under their first parent, and name the other', () => {
    expect(strategiesView(state, null).lineage).toEqual([
      { name: 'default', known: true, children: [{ name: 'default-2', known: true, children: [] }] },
    ]);
  });

  it('come to an end where parents name each other', () => {
    const [first, second] = state.population.strategies;
    if (first === undefined || second === undefined) throw new Error('two strategies are needed');
    const strategies = [
      { ...first, parents: [second.name] },
      { ...second, parents: [first.name] },
    ];
    const { lineage } = strategiesView({ ...state, population: { ...state.population, strategies } }, null);
    expect(JSON.stringify(lineage).match(/"name"/g)).toHaveLength(2);
  });

  it('show how the genes have moved, to where they are', () => {
    const view = strategiesView(state, 'default');
    expect(view.path[0]?.genes.success_weight).toBe(0.4);
    expect(view.path.at(-1)?.genes).toEqual(view.selected.genes);
  });
});

const heldBy = (gate: string) => ({ gate, passed: false, detail: '' });

describe('lists', () => {
  it('of decisions come newest first, a page at a time', () => {
    const decisions = Array.from({ length: DECISIONS_A_PAGE + 3 }, (_, place) =>
      decisionOn([A], {}, { id: `d${place}`, at: NOW + place, gates: [heldBy(`gate ${place}`)] }),
    );
    const state = { ...emptyState(), decisions };
    expect(decisionsView(state, 1).groups[0]?.newest.id).toBe(`d${DECISIONS_A_PAGE + 2}`);
    expect(decisionsView(state, 2).groups.map(({ newest }) => newest.id)).toEqual(['d2', 'd1', 'd0']);
    expect(decisionsView(state, 99).page).toBe(2);
    expect(decisionsView(state, -1).page).toBe(1);
    expect(decisionDetail(state, 'd1')).toMatchObject({ before: 'd0', after: 'd2' });
    expect(decisionDetail(state, 'nonsense')).toBeNull();
  });

  it('of decisions have one row for rounds in a row that say the same', () => {
    const gates = ['mode', 'mode', 'dwell', 'mode'].map(heldBy);
    const decisions = gates.map((gate, place) =>
      decisionOn([A], {}, { id: `d${place}`, at: NOW + place, gates: [gate] }),
    );
    const { groups, all } = decisionsView({ ...emptyState(), decisions }, 1);
    expect(all).toBe(4);
    expect(groups.map(({ newest, rounds, since }) => [newest.id, rounds, since - NOW])).toEqual([
      ['d3', 1, 3],
      ['d2', 1, 2],
      ['d1', 2, 0],
    ]);
  });

  it('of decisions have one row while rounds would move the same schedules, to whatever minute', () => {
    const decisions = ['3', '4', '5'].map((minute, at) =>
      decisionOn(
        [A],
        { [A.path]: `${minute} 4 * * *` },
        { id: `d${at}`, at: NOW + at, gates: [heldBy('mode')] },
      ),
    );
    const { groups } = decisionsView({ ...emptyState(), decisions }, 1);
    expect(groups.map(({ newest, rounds }) => [newest.id, rounds])).toEqual([['d2', 3]]);
  });

  it('of decisions name the proposal that a round was opened from, though a newer one stands for it now', () => {
    const [open] = livedIn([A], 3).proposals;
    if (open === undefined) throw new Error('no proposal');
    const gates = [[], [heldBy('open-proposal')], []];
    const decisions = gates.map((own, at) =>
      decisionOn([A], { [A.path]: '3 4 * * *' }, { id: `d${at}`, at: NOW + at * 1_000, gates: own }),
    );
    const proposals = [{ ...open, decisionId: 'd2', openedAt: NOW + 10, pullNumber: 3 }];
    const { groups } = decisionsView({ ...emptyState(), decisions, proposals }, 1);
    expect(groups.map(({ newest }) => newest.proposal?.pullNumber ?? null)).toEqual([3, null, 3]);
  });

  it('of what was learned can be narrowed to a kind', () => {
    const state = livedIn([A], 3);
    expect(logView(state, { kind: null, page: 1 })).toMatchObject({ all: 60, pages: 2 });
    expect(logView(state, { kind: null, page: 1 }).lines).toHaveLength(EVENTS_A_PAGE);
    const evolved = logView(state, { kind: 'evolved', page: 1 });
    expect(evolved.lines.map(({ changes }) => changes.map(({ gene }) => gene))).toEqual([['success_weight']]);
  });

  it('of proposals name workflows, and tell when they were merged', () => {
    const [line] = proposalsView(livedIn([A], 3));
    expect(line).toMatchObject({ mergedAt: NOW - 18 * DAY_MS, findings: [{ name: 'Nightly' }] });
  });

  it('of repositories hold what the person may read, and nothing that was uninstalled', () => {
    const profiles = [
      profile(1, { name: 'b' }),
      profile(2, { name: 'a' }),
      profile(3),
      profile(4, { removedAt: 1 }),
      profile(5),
    ];
    const rights = new Map([
      [1, 'read'],
      [2, 'admin'],
      [4, 'admin'],
      [5, 'none'],
    ] as const);
    expect(readableRepositories(profiles, rights).map(({ id }) => id)).toEqual([2, 1]);
  });

  it('of schedules tell two of one file apart', () => {
    const entries = ['0 1 * * *', '0 2 * * *'].map((cron, index) => ({
      key: `${A.path}#${index}`,
      path: A.path,
      cron,
      timezone: 'UTC',
    }));
    const state = { decisions: [decisionOn([A])], scheduleVersions: [{ sha: 's', seenAt: 1, entries }] };
    expect(schedulesOf(state).map(({ name }) => name)).toEqual([
      'Nightly (0 1 * * *)',
      'Nightly (0 2 * * *)',
    ]);
  });
});

describe('what holds back', () => {
  const query = { emergencyStop: false, configured: null, now: NOW } as const;
  const at = (commandedMode: 'suggest' | 'pause' | null) => ({
    ...livedIn([A], 3),
    profile: { ...emptyState().profile, commandedMode },
  });

  it.each([
    ['nothing', null, query, 'Default'],
    ['a command', 'suggest', query, 'A maintainer’s command'],
    [
      'the file above a command',
      'suggest',
      { ...query, configured: 'observe' },
      'mode in .github/offbeat.yml',
    ],
    ['a pause above the file', 'pause', { ...query, configured: 'suggest' }, 'A maintainer’s pause'],
    [
      'the emergency stop above all',
      'pause',
      { ...query, emergencyStop: true },
      'Emergency stop of the operator',
    ],
  ] as const)('%s', (_, commanded, asked, inForce) => {
    const { switches } = safetyView(at(commanded), asked);
    expect(switches.filter((one) => one.inForce).map(({ name }) => name)).toEqual([inForce]);
  });

  it('has what GitHub refuses', () => {
    const state = at(null);
    const refusals = { verdict: { at: NOW, sentence: 'Unable to create comment because issue is locked.' } };
    expect(safetyView({ ...state, profile: { ...state.profile, refusals } }, query).refusals).toEqual([
      'GitHub refuses verdict: Unable to create comment because issue is locked.',
    ]);
  });

  it('has every gate of the newest decision', () => {
    const { gates } = safetyView(at(null), query);
    expect(gates.map(({ gate }) => gate).toSorted()).toEqual(['circuit', 'mode', 'rollout']);
  });
});

describe('links to the evidence', () => {
  it('lead to GitHub whatever a path or a branch is called', () => {
    const links = githubLinks('https://github.com', { owner: 'acme', name: 'site', defaultBranch: 'a/b#c' });
    expect(links.run(7)).toBe('https://github.com/acme/site/actions/runs/7');
    expect(links.runsOf('.github/workflows/a b?.yml')).toBe(
      'https://github.com/acme/site/actions/workflows/a%20b%3F.yml',
    );
    expect(links.file('.github/workflows/a.yml')).toBe(
      'https://github.com/acme/site/blob/a/b%23c/.github/workflows/a.yml',
    );
  });
});
