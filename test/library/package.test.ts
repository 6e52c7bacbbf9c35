import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { packageName, packed } from '../../scripts/packed.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const NAME = packageName();
const run = promisify(execFile);

const Package = z.object({ dependencies: z.record(z.string(), z.string()) });

/** An empty directory in which the packed tarball lies as npm would install it, with the packages that it names. */
let directory: string;
let files: readonly string[];
const inPackage = (path: string) => join(directory, 'node_modules', NAME, path);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-packed-'));
  const tarball = packed(directory);
  files = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((path) => path.replace('package/', ''));
  await mkdir(inPackage(''), { recursive: true });
  execFileSync('tar', ['xzf', tarball, '--strip-components=1', '-C', inPackage('')]);
  const { dependencies } = Package.parse(JSON.parse(await readFile(join(CHECKOUT, 'package.json'), 'utf8')));
  for (const name of Object.keys(dependencies)) {
    const link = join(directory, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(CHECKOUT, 'node_modules', name), link);
  }
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** Runs the installed command; resolves with what it wrote, whether it failed or not. */
async function offbeat(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  try {
    const { stdout, stderr } = await run(process.execPath, [inPackage('dist/main.js'), ...args], { env });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return z.object({ code: z.number(), stdout: z.string(), stderr: z.string() }).parse(error);
  }
}

describe('the package', () => {
  it('holds neither source maps nor declarations beyond those of the library', () => {
    expect(files.filter((path) => path.endsWith('.map'))).toEqual([]);
    expect(files.filter((path) => path.endsWith('.ts')).sort()).toEqual([
      'dist/errors.d.ts',
      'dist/library/index.d.ts',
      'dist/library/learner.d.ts',
      'dist/library/schedules.d.ts',
      'dist/library/types.d.ts',
    ]);
    expect(files).toEqual(expect.arrayContaining(['dist/main.js', 'README.md', 'LICENSE']));
  });

  it('runs the example of the README, whose types hold', async () => {
    const readme = await readFile(join(CHECKOUT, 'README.md'), 'utf8');
    const example = readme
      .split('```ts\n')
      .find((part) => part.includes(`from '${NAME}'`))
      ?.split('```')[0];
    expect(example).toBeDefined();
    await mkdir(join(directory, '.github/workflows'), { recursive: true });
    await writeFile(
      join(directory, '.github/workflows/nightly.yml'),
      "name: Nightly\non:\n  schedule:\n    - cron: '0 0 * * *'\njobs: {}\n",
    );
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
    await writeFile(join(directory, 'example.ts'), example ?? '');
    await symlink(join(CHECKOUT, 'node_modules/@types'), join(directory, 'node_modules/@types'));
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
    await run(join(CHECKOUT, 'node_modules/.bin/tsc'), [...flags, 'example.ts'], { cwd: directory });
    const { stdout } = await run(process.execPath, ['example.ts'], { cwd: directory });
    expect(stdout).toContain('about 00:00 every day, UTC');
    expect(stdout).toContain('excellent');
  });

  it('checks a checkout', async () => {
    const { code, stdout } = await offbeat(['check', CHECKOUT, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ summary: { schedules: 1, findings: 0 } });
  });

  it('asks for a newer Node in one sentence', async () => {
    const older = `Object.defineProperty(process.versions, 'node', { value: '22.19.0' }); await import(${JSON.stringify(inPackage('dist/main.js'))}); `;
    const { stderr, code } = await run(process.execPath, ['--input-type=module', '-e', older]).then(
      ({ stderr }) => ({ stderr, code: 0 }),
      (error: unknown) => z.object({ stderr: z.string(), code: z.number() }).parse(error),
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Offbeat needs Node 22\.20 or newer, and this is 22\.19\.0\. .*\n$/);
  });

  it('fetches the emulator of the demo only when the demo is asked for, and says so', async () => {
    const bin = join(directory, 'bin');
    await mkdir(bin);
    // As npm would, from a registry that has been tampered with.
    const npm = `#!/bin/sh\nmkdir -p "$3/node_modules/emulate/dist"\necho 'export {}' > "$3/node_modules/emulate/dist/api.js"\necho '{"packages":{"node_modules/emulate":{"integrity":"sha512-another"}}}' > "$3/package-lock.json"\n`;
    await writeFile(join(bin, 'npm'), npm);
    await chmod(join(bin, 'npm'), 0o755);
    const { code, stderr } = await offbeat(['demo', '--once'], {
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      XDG_CACHE_HOME: join(directory, 'cache'),
    });
    expect(stderr).toMatch(
      /^The demo runs on emulate 0\.12\.2, .* is not installed with Offbeat\. Fetching it/,
    );
    expect(stderr).toContain('another emulate 0.12.2 than was tested');
    expect(code).toBe(2);
  });
});
