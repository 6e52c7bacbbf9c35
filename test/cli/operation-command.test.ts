import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/operations/table.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { clock, keepingLog, profile, run } from '../store/sample.ts';
import { cli, FILES, makeCheckout, NIGHTLY, remove, restRuns } from './checkout.ts';

let data: string;
let checkout: string;

const open = () => openLowdbStore({ directory: data, log: keepingLog(), clock });

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'offbeat-data-'));
  checkout = await makeCheckout(FILES);
  const store = await open();
  await store.apply(7, { profile: profile(7), runs: [run(1), run(2)] });
  await store.close();
});

afterEach(async () => {
  await remove(data);
  await remove(checkout);
});

const ask = (...args: readonly string[]) => cli(...args, '--data', data, '--dir', checkout);

describe('an operation in a terminal', () => {
  it.each(['acme/repository-7', 'ACME/Repository-7', '7'])('knows a repository as %s', async (name) => {
    const { code, out, err } = await ask('report', name);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('acme/repository-7');
  });

  it('prints JSON', async () => {
    const { out } = await ask('report', '7', '--json');
    expect(JSON.parse(out)).toMatchObject({ repository: 'acme/repository-7', mode: { mode: 'observe' } });
  });

  it('lists the alerts of all repositories where none is named, the most urgent first', async () => {
    expect((await cli('alerts', '--data', data)).out).toContain('Nothing is amiss in any repository.');
    const store = await open();
    for (const [id, severity] of [
      [7, 'info'],
      [8, 'critical'],
    ] as const) {
      const found = { key: `k${id}`, severity, sentence: `Look at ${id}.`, acknowledged: null };
      const alert = { id: 'a1', openedAt: 0, resolvedAt: Date.now(), ...found };
      await store.apply(id, { profile: profile(id), runs: [run(id)] });
      const care = (await store.load(id))?.care;
      if (care !== undefined) await store.apply(id, { care: { ...care, alerts: [alert] } });
    }
    await store.close();
    const { out } = await cli('alerts', '--data', data, '--state', 'resolved', '--json');
    expect(JSON.parse(out).alerts.map(({ repository }: { repository: string }) => repository)).toEqual([
      'acme/repository-8',
      'acme/repository-7',
    ]);
    const { code, err } = await cli('alerts', '--data', data, '--state', 'gone');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('open, acknowledged, resolved') });
  });

  it('finds the store that .env names when it is asked of a repository, and not when of a checkout', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'offbeat-empty-'));
    const before = process.cwd();
    process.chdir(empty);
    try {
      await writeFile('.env', `DATA_DIR=${data}\n`);
      for (const words of [['alerts'], ['health', '7'], ['report', '7'], ['alerts', '7']]) {
        const { code, err } = await cli(...words, ...(words.length > 1 ? ['--dir', checkout] : []));
        expect({ words, code, err }).toEqual({ words, code: 0, err: '' });
      }
      expect((await cli('backfill', '7')).err).not.toContain('--data');
      await writeFile('.env', 'DATABASE_URL=mysql://a-database-of-the-project\n');
      expect((await cli('report', checkout)).code).toBe(0);
    } finally {
      process.chdir(before);
      await remove(empty);
    }
  });

  it('answers for the working directory where nothing is named', async () => {
    const runs = join(checkout, 'runs.json');
    await writeFile(runs, JSON.stringify({ workflow_runs: restRuns() }));
    const before = process.cwd();
    process.chdir(checkout);
    try {
      for (const command of ['report', 'explain', 'insights', 'evolve', 'adapt']) {
        const words = command === 'adapt' ? ['.', 'default'] : [];
        const { code, out } = await cli(command, ...words, '--runs', runs);
        expect({ command, code, said: out.length > 0 }).toEqual({ command, code: 0, said: true });
      }
      expect((await cli('explain', '.', 'nightli.yml', '--runs', runs)).err).toContain(
        'Neither a workflow with a schedule nor a decision is called "nightli.yml" here. Did you mean "nightly.yml"?',
      );
      const { err } = await cli('predict', '--runs', runs);
      expect(err).toContain('`workflow` is missing. For example: offbeat predict . nightly.yml');
    } finally {
      process.chdir(before);
    }
  });

  it.each([
    ['no workflow files', ['report', 'EMPTY'], 'There is no workflow file, so there is nothing to say.'],
    ['no such directory', ['report', './nothere'], './nothere: There is no such directory.'],
    ['neither a directory nor OWNER/REPO', ['report', 'nothere'], 'nothere: There is no such directory.'],
    [
      'a workflow in place of a checkout',
      ['explain', 'nightly', '--runs', 'x'],
      'Did you mean: offbeat explain . nightly.yml?',
    ],
    ['a word for a time', ['record', 'CHECKOUT', '--start-time', 'noon'], 'Write an instant in UTC'],
    [
      'a store and no repository',
      ['report', '--data', 'DATA'],
      'No repository was named. It knows acme/repository-7',
    ],
  ])('says in a sentence what to mend where there is %s', async (_, words, sentence) => {
    const empty = await mkdtemp(join(tmpdir(), 'offbeat-empty-'));
    const places: Readonly<Record<string, string>> = { EMPTY: empty, DATA: data, CHECKOUT: checkout };
    const before = process.cwd();
    process.chdir(words[0] === 'explain' ? checkout : empty);
    try {
      const { code, err } = await cli(...words.map((word) => places[word] ?? word));
      expect({ code, err: err.replaceAll(/\s+/g, ' ') }).toEqual({
        code: 2,
        err: expect.stringContaining(sentence),
      });
    } finally {
      process.chdir(before);
      await remove(empty);
    }
  });

  it('plans, predicts and reports the same time with the same confidence from the same runs', async () => {
    const runs = join(checkout, 'runs.json');
    await writeFile(runs, JSON.stringify({ workflow_runs: restRuns() }));
    const asked = async (...args: readonly string[]) =>
      JSON.parse((await cli(...args, '--runs', runs, '--json')).out);
    const { schedules } = await asked('plan', checkout);
    const { to, confidence } = schedules.find(({ path }: { path: string }) => path === NIGHTLY);
    const said = { recommended_schedule: to, confidence };
    expect(await asked('predict', checkout, 'nightly.yml')).toMatchObject(said);
    expect((await asked('batch', checkout)).predictions).toContainEqual(expect.objectContaining(said));
    const report = await asked('report', checkout);
    expect(report.decision).toMatchObject({ confidence });
    expect(report.schedules).toContainEqual(expect.objectContaining({ path: NIGHTLY, to }));
  });

  it('answers for a checkout that no App keeps, from runs in a file', async () => {
    const runs = join(checkout, 'runs.json');
    await writeFile(runs, JSON.stringify({ workflow_runs: restRuns() }));
    const asked = async (...args: readonly string[]) =>
      JSON.parse((await cli(...args, '--runs', runs, '--json')).out);
    expect(await asked('predict', checkout, 'nightly.yml')).toMatchObject({
      workflow_name: 'Nightly',
      current_schedule: '0 2 * * *',
      expected_duration_seconds: expect.closeTo(3_600, -1),
    });
    expect(await asked('batch', checkout)).toMatchObject({ predictions: [{}, {}] });
    expect(await asked('insights', checkout)).toMatchObject({ runs: 60 });
    const { out } = await cli('insights', checkout, '--runs', runs);
    expect(out).not.toContain('.github/');
    expect(await asked('history', checkout)).toMatchObject({ total: 60 });
    expect((await asked('accuracy', checkout)).predictions).toBeGreaterThan(30);
  });

  it('says that it rests on nothing where a checkout comes without runs', async () => {
    const { code, out, err } = await cli('predict', checkout, 'nightly.yml');
    expect(code).toBe(0);
    expect(out).toContain('Nightly');
    expect(err).toMatch(/No runs were seen/);
    // What to do without runs stands in the answer itself.
    for (const said of [out, (await cli('report', checkout)).out, (await cli('batch', checkout)).out]) {
      expect(said.replaceAll(/\s+/g, ' ')).toContain('offbeat plan shows the moves off crowded minutes');
    }
    const report = JSON.parse((await cli('report', checkout, '--json')).out);
    expect(report.schedules.map(({ outlook }: { outlook: unknown }) => outlook)).toEqual([null, null]);
    expect((await cli('insights', checkout)).err).not.toContain('`offbeat plan`');
    const moves = '`offbeat plan` shows the moves off crowded minutes';
    expect((await cli('explain', checkout, 'nightly.yml')).err).toContain(moves);
  });

  it('changes nothing that no App keeps, and says what to write', async () => {
    const { code, err } = await cli('pause', checkout);
    expect(code).toBe(2);
    expect(err).toContain('pause steers a repository of the App, and no checkout. Write OWNER/REPO');
    expect(err).toContain('--data');
  });

  it.each([
    [['explain'], 'Decision d1'],
    [['explain', 'nightly.yml'], 'Decision d1'],
    [['report'], 'Newest decision d1'],
    [['evolve'], 'New strategies forecast'],
    [['adapt'], 'default: '],
    [
      [
        'record',
        '--workflow',
        'nightly.yml',
        '--start-time',
        '2026-05-03T12:00:00Z',
        '--duration',
        '60',
        '--success',
      ],
      'nightly.yml',
    ],
  ])('asks %j of a checkout with runs in a file', async ([command = '', ...rest], said) => {
    const runs = join(checkout, 'runs.json');
    await writeFile(runs, JSON.stringify({ workflow_runs: restRuns() }));
    const { code, out, err } = await cli(command, checkout, ...rest, '--runs', runs);
    expect({ code, err }).toEqual({
      code: 0,
      err: ['explain', 'report'].includes(command) ? '' : expect.stringContaining('Nothing of this is kept'),
    });
    expect(out).toContain(said);
  });

  it('offers the command that was meant where a workflow stands in place of a repository', async () => {
    const before = process.cwd();
    process.chdir(checkout);
    try {
      const { code, err } = await cli('predict', 'nightly');
      expect({ code, err }).toEqual({
        code: 2,
        err: '"nightly" is a workflow, and no repository. Did you mean: offbeat predict . nightly.yml?',
      });
    } finally {
      process.chdir(before);
    }
  });

  it('keeps what it changes', async () => {
    expect((await ask('pause', '7')).out).toContain('The mode is now pause');
    const store = await open();
    expect((await store.load(7))?.profile.commandedMode).toBe('pause');
    await store.close();
  });

  it('plans from a checkout, and proposes nothing', async () => {
    const { code, out } = await ask('optimize', '7', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ pullUrl: null, decision: { schedules: [{}, {}] } });
  });

  it.each(OPERATIONS.map(({ name }) => name).filter((name) => name !== 'help'))(
    '%s has help',
    async (name) => {
      const { code, out } = await cli(name, '--help');
      expect(code).toBe(0);
      expect(out).toContain('--data');
    },
  );
});

describe('what it refuses, with exit code 2 and a sentence', () => {
  it('a repository that the store does not know', async () => {
    const { code, err } = await ask('report', 'acme/other');
    expect(code).toBe(2);
    expect(err).toBe('The store does not know acme/other. It knows acme/repository-7.');
  });

  it('words too many', async () => {
    const { code, err } = await ask('pause', '7', 'until', 'monday');
    expect(code).toBe(2);
    expect(err).toMatch(/pause takes no words/);
  });

  it('a strategy that there is not', async () => {
    const { code, err } = await ask('optimize', '7', '--strategy', 'bold');
    expect(code).toBe(2);
    expect(err).toMatch(/no strategy named "bold"/);
  });

  it('a workflow that there is not', async () => {
    const { code, err } = await ask('optimize', '7', 'bold.yml');
    expect(code).toBe(2);
    expect(err).toMatch(/No workflow named "bold.yml"/);
  });

  it('a data directory in use', async () => {
    const store = await open();
    const { code, err } = await ask('report', '7');
    await store.close();
    expect(code).toBe(2);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('a data directory that is not there, and makes none', async () => {
    const missing = join(data, 'nowhere');
    const { code, err } = await cli('report', '7', '--data', missing);
    expect(code).toBe(2);
    expect(err).toContain(missing);
    expect(await readdir(data)).not.toContain('nowhere');
  });

  it('a plan without a place to read from', async () => {
    const before = { GITHUB_TOKEN: process.env.GITHUB_TOKEN, GH_TOKEN: process.env.GH_TOKEN };
    process.env.GITHUB_TOKEN = '';
    process.env.GH_TOKEN = '';
    const { code, err } = await cli('optimize', '7', '--data', data);
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    expect(code).toBe(2);
    expect(err).toMatch(/Set GITHUB_TOKEN, or name a checkout with --dir/);
  });

  it('leaves the store free for the next', async () => {
    await ask('report', 'acme/other');
    expect((await ask('report', '7')).code).toBe(0);
  });
});

describe('simulate', () => {
  it('plays a decision of the store, with a share of it as an A/B', async () => {
    await ask('optimize', '7');
    const { code, out, err } = await ask('simulate', '7', 'd1', '--days', '7', '--ab', '0.5', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ decision: 'd1', days: 7, schedules: 2, ab: { share: 0.5 } });
  });

  it('plays a checkout where no store is named, and says so where only a store has it', async () => {
    const runs = join(checkout, 'runs.json');
    await writeFile(runs, JSON.stringify({ workflow_runs: restRuns() }));
    const { code, out } = await cli('simulate', checkout, '--runs', runs, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ days: 28, schedules: 2, ab: null });
    const unknown = await cli('simulate', checkout);
    expect(unknown).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/No run was seen.*--runs FILE/s),
    });
    const refused = await cli('simulate', checkout, 'd1');
    expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/--stored or --data/) });
  });

  it.each([
    [['d9'], /no decision "d9"/],
    [['d1', 'd2'], /at most one word/],
    [['--runs', 'runs.json'], /runs and decisions of its own/],
  ])('refuses %j of a store', async (words, sentence) => {
    const { code, err } = await ask('simulate', '7', ...words);
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
  });
});
