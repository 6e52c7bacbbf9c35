import { describe, expect, it } from 'vitest';
import { allPassed, askGates, type GateContext } from '../../src/proposal/gates.ts';
import { nothingMovesSentence } from '../../src/proposal/moves.ts';
import { DAY_MS, decision, NOW, outlook, proposal, schedule } from './sample.ts';

const open: GateContext = {
  now: NOW,
  mode: 'suggest',
  config: {
    'min-confidence': 0.6,
    'min-benefit': 0.1,
    'max-change-share': 0.3,
    'dwell-days': 14,
    'max-edits': 10,
  },
  configError: null,
  repository: { archived: false, fork: false },
  missingPermissions: [],
  proposals: [],
};

const other = (name: string) => schedule({ path: `.github/workflows/${name}.yml` });
const elsewhere = proposal().moves.map((move) => ({ ...move, key: 'x#0' }));

const closings: readonly (readonly [string, Partial<GateContext>, Partial<ReturnType<typeof decision>>])[] = [
  ['mode', { mode: 'observe' }, {}],
  ['mode', { mode: 'pause' }, {}],
  ['repository', { repository: { archived: true, fork: false } }, {}],
  ['repository', { repository: { archived: false, fork: true } }, {}],
  ['config', { configError: '.github/offbeat.yml:3:1: `mod` is no key.' }, {}],
  ['permission', { missingPermissions: ['workflows'] }, {}],
  ['rollout', { rolledOut: false }, {}],
  ['circuit', { circuitOpen: 'A change is being measured again.' }, {}],
  ['moves', {}, { schedules: [schedule({ outcome: 'keep', to: '0 2 * * *' })] }],
  ['confidence', {}, { confidence: 0.59 }],
  ['benefit', {}, { benefit: 0.09 }],
  [
    'change-share',
    {},
    {
      schedules: [
        schedule(),
        other('b'),
        ...['c', 'd'].map((n) => ({ ...other(n), outcome: 'keep' as const })),
      ],
    },
  ],
  ['open-proposal', { proposals: [proposal({ moves: elsewhere })] }, {}],
  ['dwell', { proposals: [proposal({ state: 'merged', changedAt: NOW - 13 * DAY_MS })] }, {}],
  [
    'edits',
    {
      config: { ...open.config, 'max-edits': 1 },
      proposals: [proposal({ state: 'merged', changedAt: NOW - 170 * DAY_MS, moves: elsewhere })],
    },
    {},
  ],
  [
    'reversal',
    { proposals: [proposal({ state: 'merged', changedAt: NOW - 40 * DAY_MS })] },
    { schedules: [schedule({ cron: '17 21 * * *', to: '0 2 * * *', benefit: 0.15 })] },
  ],
  ['refused-before', { proposals: [proposal({ state: 'closed' })] }, {}],
];

describe('the gates of suggest mode', () => {
  it('all pass for a good decision', () => {
    const results = askGates(decision(), open);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(allPassed(results)).toBe(true);
  });

  it.each([
    ['they are more than half a year ago', { changedAt: NOW - 181 * DAY_MS }, {}, {}],
    ['somebody asks', {}, { asked: true }, {}],
    ['a wish is not kept', {}, {}, { today: outlook({ finishByProbability: 0.5 }) }],
  ])('counts no edits where %s', (_, merged, context, over) => {
    const proposals = [
      proposal({ state: 'merged', changedAt: NOW - 170 * DAY_MS, moves: elsewhere, ...merged }),
    ];
    const results = askGates(decision([schedule(over)]), {
      ...open,
      config: { ...open.config, 'max-edits': 1 },
      proposals,
      ...context,
    });
    expect(results.find(({ gate }) => gate === 'edits')?.passed).toBe(true);
  });

  const sentenceOf = (gate: string, ...[of, context]: Parameters<typeof askGates>): string =>
    askGates(of, context).find((result) => result.gate === gate)?.detail ?? '';

  it.each([
    ['none', [1, 1], '0 moves were merged in half a year, and 2 more are proposed; `max-edits` allows 20.'],
    [
      'one',
      [0.5, 1, 1],
      'and 3 more are proposed; `max-edits` allows 30. 1 of these misses its `finish-by` today and',
    ],
    [
      'all',
      [0.5, 0.5],
      'and 2 more are proposed; `max-edits` allows 20. 2 of these miss their `finish-by` today and',
    ],
  ])('counts the moves that the gate “moves” counts where %s misses finish-by', (_, kept, sentence) => {
    const moves = kept.map((finishByProbability, at) =>
      schedule({ path: `.github/workflows/${at}.yml`, today: outlook({ finishByProbability }) }),
    );
    expect(sentenceOf('edits', decision(moves), open)).toContain(sentence);
  });

  it('says whose confidence the plan has', () => {
    const sure = (path: string, confidence: number) =>
      schedule({ path: `.github/workflows/${path}.yml`, confidence });
    const of = (moves: readonly ReturnType<typeof schedule>[], confidence: number) =>
      sentenceOf('confidence', { ...decision([...moves]), confidence }, open);
    expect(of([sure('a', 0.89), sure('b', 0.81), sure('c', 0.83)], 0.81)).toBe(
      'The least sure of 3 moves, that of `.github/workflows/b.yml`, is 81 % sure to bring at least half of its ' +
        'gain; at least 60 % is asked for.',
    );
    expect(of([sure('a', 0.89)], 0.89)).toBe(
      'The move of `.github/workflows/a.yml` is 89 % sure to bring at least half of its gain; at least 60 % is ' +
        'asked for.',
    );
    expect(of([], 0)).toBe('Nothing moves, so there is no confidence in a move; at least 60 % is asked for.');
  });

  it('names every part of the cost', () => {
    expect(sentenceOf('benefit', decision(), open)).toContain(
      'of what delay, overlap, failures, missed finish-by times and runner charges cost here',
    );
  });

  it.each(closings)('%s fails for %o', (gate, context, over) => {
    const results = askGates({ ...decision(), ...over }, { ...open, ...context });
    expect(results.filter(({ passed }) => !passed).map((result) => result.gate)).toEqual([gate]);
    expect(allPassed(results)).toBe(false);
  });

  it('all answer, each with a sentence', () => {
    const results = askGates(decision([]), {
      ...open,
      mode: 'stopped',
      missingPermissions: ['contents', 'workflows'],
    });
    expect(new Set(results.map(({ gate }) => gate)).size).toBe(results.length);
    for (const { detail } of results) expect(detail).toMatch(/^[A-Z0-9`].*\.$/);
  });

  it('allow one move in a small repository', () => {
    const results = askGates(decision([schedule()]), {
      ...open,
      config: { ...open.config, 'max-change-share': 0 },
    });
    expect(allPassed(results)).toBe(true);
  });

  it('pass where the App updates its own open pull request', () => {
    const context = { ...open, proposals: [proposal()], updating: 12 };
    expect(allPassed(askGates(decision(), context))).toBe(true);
  });
});

describe('why nothing moves', () => {
  it.each([
    [['keep'], 'No schedule has a better time.'],
    [['held', 'keep'], 'Nothing moves: the one better time is held back.'],
    [['held', 'held'], 'Nothing moves: 2 better times are held back.'],
  ] as const)('says what became of %j', (outcomes, sentence) => {
    const schedules = outcomes.map((outcome) => schedule({ outcome }));
    expect(nothingMovesSentence({ schedules })).toBe(sentence);
  });
});
