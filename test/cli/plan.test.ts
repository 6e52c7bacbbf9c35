import { spawnSync } from 'node:child_process';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PlanOptions, plan } from '../../src/cli/plan.ts';
import { Decision } from '../../src/plan/decision.ts';
import { PlanReport } from '../../src/render/plan-view.ts';
import { serveTriggers } from '../../src/workflow/edit-triggers.ts';
import { netFile } from '../../src/workflow/net-file.ts';
import { NET_PATH } from '../../src/workflow/paths.ts';
import {
  cli,
  FILES,
  keepingOutput,
  makeCheckout,
  NIGHTLY,
  NOW,
  PINNED,
  remove,
  restRuns,
} from './checkout.ts';

let directory: string;
let runs: string;

beforeEach(async () => {
  directory = await makeCheckout();
  runs = join(directory, 'runs.json');
  await writeFile(runs, JSON.stringify(restRuns()));
});
afterEach(() => remove(directory));

async function planned(options: PlanOptions, target = directory, env: Readonly<Record<string, string>> = {}) {
  const kept = keepingOutput();
  const code = await plan(target, options, { output: kept.output, clock: { now: () => NOW }, env });
  return { code, out: kept.out(), err: kept.err() };
}

const nightly = () => readFile(join(directory, NIGHTLY), 'utf8');

/** What the decision moves the nightly schedule to. */
async function newCron(): Promise<string> {
  const decision = Decision.parse(JSON.parse((await planned({ runs, json: true })).out));
  const moved = decision.schedules.filter(({ outcome }) => outcome === 'move');
  expect(moved.map(({ path }) => path)).toEqual([NIGHTLY]);
  return moved[0]?.to ?? '';
}

describe('offbeat plan on a checkout', () => {
  it('says what it would do and why, and touches nothing', async () => {
    const { code, out, err } = await planned({ runs });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('0 2 * * *');
    expect(out).toContain(await newCron());
    expect(await nightly()).toBe(FILES[NIGHTLY]);
  });

  it('says the same for the same history', async () => {
    expect(await planned({ runs })).toEqual(await planned({ runs }));
  });

  it('prints a diff of the cron and nothing else', async () => {
    const to = await newCron();
    const { out } = await planned({ runs, diff: true });
    const changed = out.split('\n').filter((line) => /^[+-](?![+-])/.test(line));
    expect(changed).toEqual([
      '-    - cron: "0 2 * * *" # quiet hours\r',
      `+    - cron: "${to}" # quiet hours\r`,
    ]);
    expect(out).toContain(`--- a/${NIGHTLY}`);
    expect(out).not.toContain(PINNED);
  });

  it('prints a diff that git applies', async () => {
    const to = await newCron();
    const { out } = await planned({ runs, diff: true });
    const git = spawnSync('git', ['apply', '-'], { cwd: directory, input: out, encoding: 'utf8' });
    expect(git.stderr).toBe('');
    expect(await nightly()).toBe(FILES[NIGHTLY]?.replace('0 2 * * *', to));
  });

  it('writes the files where it is told to, byte for byte', async () => {
    const to = await newCron();
    const { code, err } = await planned({ runs, write: true });
    expect(code).toBe(0);
    expect(err).toBe(`wrote ${NIGHTLY}`);
    expect(await nightly()).toBe(FILES[NIGHTLY]?.replace('0 2 * * *', to));
    expect(await readFile(join(directory, PINNED), 'utf8')).toBe(FILES[PINNED]);
  });

  it('keeps the mode of a file that it writes, and says which comments to look at', async () => {
    const path = join(directory, NIGHTLY);
    await writeFile(path, "on:\n  schedule:\n    - cron: '0 2 * * *' # not at 9pm\n");
    await chmod(path, 0o600);
    const { err } = await planned({ runs, write: true });
    expect(err).toBe(`wrote ${NIGHTLY}\n${NIGHTLY}:3: the comment names "9pm"; see whether it still holds.`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('says of a checkout without schedules only that', async () => {
    await Promise.all([NIGHTLY, PINNED].map((path) => writeFile(join(directory, path), 'on: push\n')));
    const { out, err } = await planned({});
    expect(`${out}${err}`.trim()).toBe('No workflow here has an `on.schedule` entry.');
  });

  it('offers what is free by convention where there is no history, as a diff that git applies', async () => {
    const { out, err } = await planned({ diff: true });
    expect(err).toMatch(/rests on no history/);
    const git = spawnSync('git', ['apply', '-'], { cwd: directory, input: out, encoding: 'utf8' });
    expect(git.stderr).toBe('');
    expect(await nightly()).toMatch(/cron: "(?!0 )\d+ 2 \* \* \*" # quiet hours/);
    expect(await readFile(join(directory, PINNED), 'utf8')).toBe(FILES[PINNED]);
    const again = await planned({ diff: true });
    expect(again.out).toBe('');
    expect(again.err).toMatch(/^No cron to move/);
  });

  it('decides without a history too', async () => {
    const { code, out } = await planned({ json: true });
    expect(code).toBe(0);
    expect(Decision.parse(JSON.parse(out))).toMatchObject({ trigger: 'cli', schedules: [{}, {}] });
  });

  it('prints an empty diff where nothing would move, and says why', async () => {
    await writeFile(join(directory, '.github/offbeat.yml'), 'workflows:\n  nightly.yml: { pin: true }\n');
    expect(await planned({ runs, diff: true, write: true })).toEqual({
      code: 0,
      out: '',
      err: 'No change: 2 left alone.',
    });
  });
});

describe('offbeat plan of workflows on time', () => {
  const SLOW = '.github/workflows/slow.yml';
  const CONFIG = '.github/offbeat.yml';
  const text = "on:\n  schedule:\n    - cron: '17 4 * * *'\njobs:\n  a:\n    runs-on: x\n";
  const own = `workflows:\n  slow.yml: { on-time: punctual }\n  nightly.yml: { pin: true }\n`;
  const write = (path: string, content: string) => writeFile(join(directory, path), content);
  const read = (path: string) => readFile(join(directory, path), 'utf8');
  const apply = (diff: string) =>
    spawnSync('git', ['apply', '--whitespace=nowarn', '-'], {
      cwd: directory,
      input: diff,
      encoding: 'utf8',
    });

  beforeEach(async () => {
    await write(SLOW, text);
    await write(CONFIG, own);
  });

  it('prints the diff of the served file and of the net, as the pull request makes them', async () => {
    const { out, err } = await planned({ diff: true, app: 'acme-offbeat' });
    expect(out).toContain(`--- a/${SLOW}\n+++ b/${SLOW}\n`);
    expect(out).toContain(`--- /dev/null\n+++ b/${NET_PATH}\n`);
    expect(err).toContain('slow.yml, offbeat-net.yml: for starts on time.');
    expect(err).not.toContain('--app');
    expect(apply(out)).toMatchObject({ status: 0, stderr: '' });
    expect(await read(SLOW)).toBe(serveTriggers(SLOW, text, 'dispatch-only'));
    const schedules = [{ cron: '17 4 * * *', timezone: 'UTC' }];
    expect(await read(NET_PATH)).toBe(
      netFile([{ path: SLOW, schedules, inputs: {}, manualServes: false }], { appSlug: 'acme-offbeat' }),
    );
  });

  it('prints the same as JSON', async () => {
    await write(CONFIG, own.replace('{ pin: true }', '{ pin: true, on-time: punctual }'));
    await write(NIGHTLY, `${text.replace('17 4', '17 5')}    if: github.event_name == 'schedule'\n`);
    const { out } = await planned({ json: true, app: 'acme-offbeat' });
    const { onTime } = PlanReport.parse(JSON.parse(out));
    expect(onTime).toMatchObject({
      changes: [{ path: SLOW, to: 'punctual', net: 'own' }],
      files: [
        { path: SLOW, text: serveTriggers(SLOW, text, 'dispatch-only') },
        { path: NET_PATH, text: expect.stringContaining('acme-offbeat') },
      ],
      net: { isRemoved: false },
      leftAlone: [{ path: NIGHTLY, reason: expect.stringContaining('`github.event_name` gives') }],
    });
  });

  it('is empty once that is merged, and leads back by another diff, byte for byte', async () => {
    apply((await planned({ diff: true, app: 'acme-offbeat' })).out);
    expect((await planned({ diff: true })).out).toBe('');
    await write(CONFIG, own.replace('punctual', 'off'));
    const { out } = await planned({ diff: true });
    expect(out).toContain(`--- a/${NET_PATH}\n+++ /dev/null\n`);
    expect(apply(out)).toMatchObject({ status: 0, stderr: '' });
    expect(await read(SLOW)).toBe(text);
    await expect(read(NET_PATH)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('leaves as it is what a command has put on time, and says so', async () => {
    apply((await planned({ diff: true })).out);
    await write(CONFIG, 'workflows: { nightly.yml: { pin: true } }\n');
    const { out, err } = await planned({ diff: true });
    expect(out).toBe('');
    expect(err).toMatch(/slow\.yml is on time already, and no file asks for it/);
  });

  it('says what is guessed, and what is left alone and why', async () => {
    await write(CONFIG, `on-time: punctual\n${own}`);
    await write(NIGHTLY, `${text.replace('17 4', '17 5')}    if: github.event_name == 'schedule'\n`);
    const { err } = await planned({ diff: true });
    expect(err).toContain('offbeat-net.yml names the App, here "offbeat": give its own name with --app.');
    expect(err).toMatch(/nightly\.yml is not put on time\. Line 7: What `github\.event_name` gives/);
  });

  it('tells the same in words, and writes nothing of it', async () => {
    const { out, err } = await planned({ write: true });
    expect(out).toMatch(/On time\n[\s\S]*slow\.yml +17 4 \* \* \* +by Offbeat at its minute/);
    expect(out).toMatch(/schedule becomes comment lines/);
    expect(err).toContain('--write left them out');
    expect(await read(SLOW)).toBe(text);
  });

  it('plans what cannot be put on time as if nobody had asked, and says what stands in the way', async () => {
    await write(CONFIG, `on-time: punctual\n${FILES[CONFIG]}`);
    await write(NIGHTLY, `${text.replace('17 4', '0 2')}    if: github.event_name == 'schedule'\n`);
    const { out } = await planned({ runs, json: true });
    const { schedules, onTime } = PlanReport.parse(JSON.parse(out));
    expect(schedules.find(({ path }) => path === NIGHTLY)).toMatchObject({
      outcome: 'keep',
      reasons: [expect.stringContaining('of 168 other times')],
    });
    expect(schedules.find(({ path }) => path === SLOW)).toMatchObject({ outcome: 'refused' });
    expect(onTime.leftAlone.map(({ path }) => path)).toEqual([NIGHTLY]);
    expect(onTime.changes.map(({ path }) => path)).not.toContain(NIGHTLY);
  });

  it('waits with a workflow that the same plan moves', async () => {
    await write(CONFIG, `on-time: rescue\n${FILES[CONFIG]}workflows: { slow.yml: { on-time: off } }\n`);
    const { out, err } = await planned({ runs, diff: true });
    expect(out).toContain(`+++ b/${NIGHTLY}\n`);
    expect(out).not.toContain('workflow_dispatch: # for Offbeat\r');
    expect(err).toContain('nightly.yml is not put on time. Another pull request moves its cron');
  });
});

describe('a runs file', () => {
  const shapes: readonly (readonly [string, unknown])[] = [
    ['a page', { total_count: 60, workflow_runs: restRuns() }],
    ['pages', [{ workflow_runs: restRuns().slice(0, 20) }, { workflow_runs: restRuns().slice(20) }]],
    ['a list that holds a run without a file', [...restRuns(), { id: 1, path: null, event: 'dynamic' }]],
  ];
  it.each(shapes)('may be %s', async (_, content) => {
    const { out: asList } = await planned({ runs, json: true });
    await writeFile(runs, JSON.stringify(content));
    expect((await planned({ runs, json: true })).out).toBe(asList);
  });

  it.each([
    ['is no JSON', '{'],
    ['holds something else', '{"runs": 3}'],
    ['holds no run that could be read', '[{"id": 1}]'],
  ])('is refused where it %s, with the command that writes one', async (_, text) => {
    await writeFile(runs, text);
    const { code, err, out } = await cli('plan', directory, '--runs', runs);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/runs\.json: The runs cannot be read\..*gh api/);
  });

  it('is refused where it is not there', async () => {
    const { code, err } = await cli('plan', directory, '--runs', join(directory, 'nowhere.json'));
    expect(code).toBe(2);
    expect(err).toMatch(/nowhere\.json: The runs cannot be read/);
  });
});

describe('what cannot be planned', () => {
  it('is a directory that is not there', async () => {
    const { code, err } = await cli('plan', join(directory, 'nowhere', 'deeper'));
    expect(code).toBe(2);
    expect(err).toMatch(/There is no such directory/);
  });

  it.each(['0', '-1', '1.5', 'many', '10000'])('is %s days', async (days) => {
    const { code, err } = await cli('plan', directory, '--days', days);
    expect(code).toBe(2);
    expect(err).toMatch(/whole number, 1–9999/);
  });
});

describe('offbeat plan OWNER/REPO', () => {
  const API = 'https://api.example.test';
  const env = { GITHUB_TOKEN: 'token-of-the-tests', GITHUB_API_URL: API };

  beforeEach(() => nock.disableNetConnect());
  afterEach(() => {
    nock.cleanAll();
    nock.enableNetConnect();
  });

  it('takes a token', async () => {
    await expect(planned({}, 'acme/site')).rejects.toMatchObject({
      code: 'usage-invalid',
      where: 'GITHUB_TOKEN',
    });
  });

  it('writes nothing', async () => {
    await expect(planned({ write: true }, 'acme/site', env)).rejects.toMatchObject({ code: 'usage-invalid' });
  });

  function github(): void {
    const base64 = (text = '') => Buffer.from(text, 'utf8').toString('base64');
    const entries = [NIGHTLY, PINNED].map((path) => ({ type: 'file', path, sha: path.slice(18, 20) }));
    const repository = nock(API, { reqheaders: { authorization: 'token token-of-the-tests' } });
    repository.get('/repos/acme/site/commits/HEAD').reply(200, { sha: 'c1' });
    repository.get('/repos/acme/site/contents/.github%2Fworkflows').query({ ref: 'c1' }).reply(200, entries);
    for (const { path, sha } of entries) {
      repository.get(`/repos/acme/site/git/blobs/${sha}`).reply(200, { content: base64(FILES[path]) });
    }
    repository
      .get('/repos/acme/site/contents/.github%2Foffbeat.yml')
      .reply(200, { type: 'file', content: base64(FILES['.github/offbeat.yml']) });
  }

  it('comes to the same decision from GitHub as from a checkout with the same history', async () => {
    github();
    const asked: unknown[] = [];
    nock(API)
      .get('/repos/acme/site/actions/runs')
      .query((query) => asked.push(query.created) > 0)
      .reply(200, { total_count: 60, workflow_runs: restRuns() });
    const remote = await planned({ json: true, days: 60 }, 'acme/site', env);
    expect(asked).toEqual(['2026-03-05T03:17:00Z..2026-05-04T03:16:59Z']);
    expect(JSON.parse(remote.out)).toEqual(JSON.parse((await planned({ runs, json: true })).out));
  });

  it('takes the history from a file where one is named', async () => {
    github();
    const remote = await planned({ json: true, runs }, 'acme/site', env);
    expect(JSON.parse(remote.out)).toEqual(JSON.parse((await planned({ runs, json: true })).out));
  });
});
