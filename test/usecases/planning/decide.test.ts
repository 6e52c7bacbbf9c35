import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { CRON_PARSER, type CronPeer } from '../../../src/cron/cron-parser-peer.ts';
import { movesOf } from '../../../src/proposal/moves.ts';
import { emptyPopulation } from '../../../src/strategy/population.ts';
import { learnHistory } from '../../../src/usecases/learning/learn-history.ts';
import { decide, decideByStrategies } from '../../../src/usecases/planning/decide.ts';
import { editRepository } from '../../../src/workflow/edit-repository.ts';
import { NOW } from '../fakes.ts';

const NIGHTLY = '.github/workflows/nightly.yml';
const BACKUP = '.github/workflows/backup.yml';
const CALLED = '.github/workflows/called.yml';

const workflow = (cron: string, jobs = '') => `on:\n  schedule:\n    - cron: '${cron}'\njobs:\n${jobs}`;
const comparing = (...crons: readonly string[]) =>
  ['  job:', '    runs-on: ubuntu-latest', '    steps:']
    .concat(crons.map((cron) => `      - if: github.event.schedule == '${cron}'\n        run: make`))
    .join('\n');

function decided(files: Readonly<Record<string, string>>) {
  const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
  const decision = decide({
    sources,
    config: parseConfig(
      'max-change-share: 1\nmin-benefit: 0\nmin-confidence: 0\nmax-shift: 12h\nrunners: { max-jobs: { standard: 1 } }\n',
    ),
    ...learnHistory([], { entries: [] }),
    proposals: [],
    population: emptyPopulation(NOW),
    trigger: 'cli',
    decisionsBefore: 0,
    now: NOW,
  });
  const of = (path: string) => decision.schedules.find((schedule) => schedule.path === path);
  return { decision, of, edited: () => editRepository(sources, movesOf(decision)) };
}

/** Both stand in a neighbour's way that may not move. */
const HOUSE = {
  '.github/workflows/pinned-night.yml': workflow('0 2 * * *').replace(/^on:/m, '# offbeat: pin\non:'),
  '.github/workflows/pinned-day.yml': workflow('0 14 * * *').replace(/^on:/m, '# offbeat: pin\non:'),
  [BACKUP]: workflow('0 14 * * *'),
};

describe('a time that cannot be written', () => {
  const first = decided({ ...HOUSE, [NIGHTLY]: workflow('0 2 * * *') });
  const taken = first.of(NIGHTLY)?.to ?? '';

  it('is planned around, and takes no other move with it', () => {
    expect([first.of(NIGHTLY)?.outcome, first.of(BACKUP)?.outcome]).toEqual(['move', 'move']);
    // The file would do something else at the time chosen before: the editor refuses it.
    const again = decided({ ...HOUSE, [NIGHTLY]: workflow('0 2 * * *', comparing(taken)) });
    expect(again.of(NIGHTLY)).toMatchObject({ outcome: 'move' });
    expect(again.of(NIGHTLY)?.to).not.toBe(taken);
    expect(again.of(BACKUP)?.outcome).toBe('move');
    expect(again.edited().map(({ path }) => path)).toEqual([BACKUP, NIGHTLY]);
  });

  it('leaves the schedule alone where every try ends there, with the reason', () => {
    const around = Array.from({ length: 60 }, (_, minute) => [
      `${minute} 1 * * *`,
      `${minute} 2 * * *`,
    ]).flat();
    const jobs = comparing(...around.filter((cron) => cron !== '0 2 * * *'));
    const { of, edited } = decided({
      ...HOUSE,
      [NIGHTLY]: workflow('0 2 * * *', jobs).replace(/^on:/m, '# offbeat: max-shift=50m\non:'),
    });
    expect(of(NIGHTLY)).toMatchObject({ outcome: 'refused', to: '0 2 * * *' });
    expect(of(NIGHTLY)?.reasons[0]).toMatch(/already compared with `github\.event\.schedule`/);
    expect(of(BACKUP)?.outcome).toBe('move');
    expect(edited().map(({ path }) => path)).toEqual([BACKUP]);
  });
});

describe('a called workflow that reads the schedule', () => {
  const call = `  call:\n    uses: ./${CALLED}\n`;

  it('keeps its caller where it is, if it passes the schedule on', () => {
    const { of } = decided({
      [NIGHTLY]: workflow('0 2 * * *', call),
      [BACKUP]: workflow('0 2 * * *'),
      [CALLED]:
        'on: workflow_call\njobs:\n  a:\n    runs-on: x\n    if: contains(github.event.schedule, 2)\n',
    });
    expect(of(NIGHTLY)).toMatchObject({ outcome: 'refused' });
    expect(of(NIGHTLY)?.reasons[0]).toContain(`${CALLED}:5`);
    expect(of(BACKUP)?.outcome).toBe('move');
  });

  it('changes along with the cron of its caller, if it compares the schedule', () => {
    const files = { ...HOUSE, [NIGHTLY]: workflow('0 2 * * *', call) };
    const reading = (cron: string) => `on: workflow_call\njobs:\n${comparing(cron)}`;
    const { of, edited } = decided({ ...files, [CALLED]: reading('0 2 * * *') });
    expect(of(NIGHTLY)?.outcome).toBe('move');
    expect(edited()).toContainEqual({ path: CALLED, text: reading(of(NIGHTLY)?.to ?? '') });
  });
});

describe('a move on which two cron engines disagree', () => {
  const sources = Object.entries({ ...HOUSE, [NIGHTLY]: workflow('0 2 * * *') }).map(([path, text]) => ({
    path,
    text,
  }));
  const request = {
    sources,
    config: parseConfig(
      'max-change-share: 1\nmin-benefit: 0\nmin-confidence: 0\nmax-shift: 12h\nrunners: { max-jobs: { standard: 1 } }\n',
    ),
    ...learnHistory([], { entries: [] }),
    proposals: [],
    population: emptyPopulation(NOW),
    trigger: 'cli' as const,
    decisionsBefore: 0,
    now: NOW,
  };
  const moved = (path: string) => decide(request).schedules.find((one) => one.path === path)?.to;

  it('is refused with the reason, and no other move with it', () => {
    const doubtful = moved(NIGHTLY);
    const peer: CronPeer = {
      ...CRON_PARSER,
      localTimes: (cron, after, count) =>
        CRON_PARSER.localTimes(cron, after, count).map((at) => (cron.text === doubtful ? at + 60_000 : at)),
    };
    const { decision, doubted } = decideByStrategies(request, peer);
    const nightly = decision.schedules.find(({ path }) => path === NIGHTLY);
    expect(nightly).toMatchObject({ outcome: 'refused', to: '0 2 * * *' });
    expect(nightly?.reasons[0]).toMatch(/^Two cron engines expect different ticks of the new cron \("/);
    expect(decision.schedules.find(({ path }) => path === BACKUP)?.outcome).toBe('move');
    expect(doubted).toMatchObject([{ key: `${NIGHTLY}#0`, to: doubtful }]);
  });

  it('is not refused where they agree', () => {
    expect(decideByStrategies(request).doubted).toEqual([]);
  });
});
