import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CheckReport } from '../../src/render/check-view.ts';
import { cli, makeCheckout, remove } from './checkout.ts';

const CLEAN = { '.github/workflows/nightly.yml': 'on:\n  schedule:\n    - cron: "17 2 * * *"\n' };

const made: string[] = [];
afterEach(() => Promise.all(made.splice(0).map(remove)));

async function checkout(files?: Readonly<Record<string, string>>): Promise<string> {
  const directory = await makeCheckout(files);
  made.push(directory);
  return directory;
}

describe('offbeat check', () => {
  it('exits 0 where there is nothing to find', async () => {
    const { code, out, err } = await cli('check', await checkout(CLEAN));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('17 2 * * *');
  });

  it('exits 1 where there is, and says file and line', async () => {
    const { code, out } = await cli(
      'check',
      await checkout({ '.github/workflows/often.yml': 'on:\n  schedule:\n    - cron: "*/2 * * * *"\n' }),
    );
    expect(code).toBe(1);
    expect(out).toMatch(/often\.yml\n +3 /);
    expect(out).toMatch(/2 min apart/);
  });

  it('prints JSON, the same with and without findings', async () => {
    const { code, out } = await cli('check', await checkout(), '--json');
    const report = JSON.parse(out);
    expect(code).toBe(1);
    expect(report.summary).toMatchObject({ files: 2, schedules: 2, movable: 1, findings: 2 });
    expect(report.findings.map(({ rule }: { rule: string }) => rule)).toEqual(['crowd', 'crowd']);
    expect(CheckReport.safeParse(report).success).toBe(true);
  });

  it('is content with a checkout without workflows, and with an empty one', async () => {
    expect((await cli('check', await checkout({ 'README.md': '' }))).code).toBe(0);
    expect((await cli('check', await checkout({}))).code).toBe(0);
  });

  it('looks into the actions and scripts of the checkout, and at nothing outside of it', async () => {
    const step = (uses: string) =>
      `on:\n  schedule:\n    - cron: "17 2 * * *"\njobs:\n  a:\n    runs-on: x\n    steps:\n      - ${uses}\n`;
    const reading = 'jq -r .schedule "$GITHUB_EVENT_PATH"\n';
    const outside = await checkout({ 'night.sh': reading });
    const directory = await checkout({
      '.github/workflows/inside.yml': step('run: ./night.sh'),
      '.github/workflows/outside.yml': step('run: ./link.sh'),
      'night.sh': reading,
    });
    await symlink(join(outside, 'night.sh'), join(directory, 'link.sh'));
    const { schedules } = JSON.parse((await cli('check', directory, '--json')).out);
    expect(schedules).toMatchObject([
      { movable: false, reason: { sentence: expect.stringContaining('night.sh:1') } },
      { movable: true },
    ]);
  });

  it.each(['workflow', 'Workflow', 'worklfows'])(
    'says that GitHub reads nothing from .github/%s',
    async (name) => {
      const directory = await checkout({ [`.github/${name}/nightly.yml`]: 'on: push\n' });
      const { code, err } = await cli('check', directory);
      expect(code).toBe(2);
      expect(err).toMatch(/GitHub reads no workflows from here\. Rename it to \.github\/workflows\.$/);
    },
  );

  it('looks for no other folder where GitHub finds one, and for none without workflows', async () => {
    const other = '.github/workflow/nightly.yml';
    expect((await cli('check', await checkout({ ...CLEAN, [other]: 'on: push\n' }))).code).toBe(0);
    const scripts = await checkout({ '.github/workflow/run.sh': '', '.github/actions/a.yml': '' });
    expect((await cli('check', scripts)).code).toBe(0);
  });

  it('follows no links, and reads no folders that look like files', async () => {
    const directory = await checkout(CLEAN);
    const folder = join(directory, '.github', 'workflows');
    await writeFile(join(directory, 'outside.yml'), 'on:\n  schedule:\n    - cron: "*/2 * * * *"\n');
    await symlink(join(directory, 'outside.yml'), join(folder, 'link.yml'));
    await mkdir(join(folder, 'folder.yml'));
    expect((await cli('check', directory)).code).toBe(0);
  });

  it('exits 2 for a directory that is not there, with a sentence', async () => {
    const { code, err, out } = await cli('check', join(await checkout(CLEAN), 'nowhere'));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/There is no such directory\. Name the root of a checkout/);
  });

  it('checks the directory that it is started in where none is named', async () => {
    const before = process.cwd();
    process.chdir(await checkout(CLEAN));
    try {
      expect((await cli('check')).out).toContain('17 2 * * *');
      expect((await cli('plan')).out).toContain('17 2 * * *');
    } finally {
      process.chdir(before);
    }
  });

  it('exits 2 for an invalid config file, and says where it is wrong', async () => {
    const { code, err } = await cli(
      'check',
      await checkout({ ...CLEAN, '.github/offbeat.yml': 'mode: loud\n' }),
    );
    expect(code).toBe(2);
    expect(err).toMatch(/^\.github\/offbeat\.yml:1:7: /);
  });

  it.each([[['check', '.', '--nonsense']], [['nonsense']]])('exits 2 for %j', async (args) => {
    const { code, err } = await cli(...args);
    expect(code).toBe(2);
    expect(err).toMatch(/error: .*\n*.*--help/s);
  });

  it('exits 0 for help and names every command', async () => {
    const { code, out } = await cli('--help');
    expect(code).toBe(0);
    for (const command of ['serve', 'demo', 'check', 'plan', 'report', 'optimize', 'evolve', 'pause']) {
      expect(out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    }
  });
});

describe('offbeat check --fix', () => {
  it('moves schedules off crowded minutes within their hour, and says what it rests on', async () => {
    const directory = await makeCheckout({
      '.github/workflows/a.yml': "on:\n  schedule:\n    - cron: '0 2 * * *' # 2am\n",
      '.github/workflows/b.yml': "on:\n  schedule:\n    - cron: '0 2 * * *' # offbeat: pin\n",
    });
    const { err } = await cli('check', directory, '--fix');
    expect(err).toMatch(/^wrote \.github\/workflows\/a\.yml\n.*no history/s);
    expect(await readFile(join(directory, '.github/workflows/a.yml'), 'utf8')).toMatch(
      /cron: '([1-9]\d?) 2 \* \* \*' # 2:\d\dam/,
    );
    expect((await cli('check', directory, '--fix')).err).toMatch(/^No cron to move/);
    await remove(directory);
  });
});

describe('offbeat check, for programs', () => {
  it('prints SARIF with the findings and nothing else', async () => {
    const { code, out, err } = await cli('check', await checkout(), '--sarif');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const [run] = JSON.parse(out).runs;
    expect(run.results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(['crowd', 'crowd']);
    expect(run.tool.driver.semanticVersion).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('prints one of the two', async () => {
    const { code, err } = await cli('check', await checkout(), '--sarif', '--json');
    expect(code).toBe(2);
    expect(err).toMatch(/cannot be used with/);
  });

  it('exits 0 for notes alone, which it prints', async () => {
    const { code, out } = await cli(
      'check',
      await checkout({ '.github/workflows/a.yml': 'on:\n  schedule:\n    - cron: "17 2 * * *" # at 2am\n' }),
    );
    expect(code).toBe(0);
    expect(out).toContain('in the comment ("2am")');
  });

  it('refuses the folder of the workflows, which is not the root', async () => {
    const { code, err } = await cli('check', join(await checkout(), '.github', 'workflows'));
    expect(code).toBe(2);
    expect(err).toMatch(/This is not the root\. Name the root of a checkout/);
  });

  it('names its exit codes in the help', async () => {
    const { out } = await cli('check', '--help');
    for (const code of [0, 1, 2]) expect(out).toMatch(new RegExp(`^ {2}${code} {2}\\w`, 'm'));
  });
});

describe('offbeat check FILE…', () => {
  const often = 'on:\n  schedule:\n    - cron: "*/2 * * * *"\n';
  const files = { ...CLEAN, '.github/workflows/often.yml': often, 'README.md': '' };

  it('tells of these files alone, and of what others start in the same minute', async () => {
    const directory = await checkout(files);
    const clean = await cli('check', join(directory, '.github/workflows/nightly.yml'));
    expect(clean.out).toContain('17 2 * * *');
    expect(clean.out).not.toContain('often.yml\n');
    const both = await cli(
      'check',
      join(directory, '.github/workflows/nightly.yml'),
      join(directory, '.github/workflows/often.yml'),
      '--json',
    );
    expect(both.code).toBe(1);
    expect(JSON.parse(both.out).summary).toMatchObject({ files: 2, schedules: 2 });
  });

  it('passes over files that are no workflows, as a hook may name them', async () => {
    const { code, out } = await cli('check', join(await checkout(files), 'README.md'));
    expect(code).toBe(0);
    expect(out).toContain('There is no workflow file to check.');
  });

  it('takes one directory alone', async () => {
    const { code, err } = await cli('check', await checkout(files), await checkout(files));
    expect(code).toBe(2);
    expect(err).toMatch(/It is a directory, among several paths\. Name the root of one checkout/);
  });

  it('says so where a file is not there', async () => {
    const { code, err } = await cli('check', join(await checkout(files), '.github/workflows/nope.yml'));
    expect(code).toBe(2);
    expect(err).toContain('There is no such file.');
  });
});
