import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let house: string;

beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'offbeat-layers-'));
  copyFileSync(join(ROOT, '.dependency-cruiser.mjs'), join(house, '.dependency-cruiser.mjs'));
  writeFileSync(join(house, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
  mkdirSync(join(house, 'src'));
});

afterEach(() => rmSync(house, { recursive: true, force: true }));

/** Builds a small house under our own rules and runs our own check on it. */
function check(modules: Readonly<Record<string, string>>, target = 'src/') {
  for (const [path, text] of Object.entries(modules)) {
    const file = join(house, 'src', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts', 'layers.ts'), target], {
    cwd: house,
    encoding: 'utf8',
  });
  return { status: run.status, text: `${run.stdout}${run.stderr}` };
}

const SOUND = {
  'cron/parse.ts': 'export const parse = (text: string): number => text.length;\n',
  'plan/plan.ts':
    "import { parse } from '../cron/parse.ts';\nexport interface Plan { readonly at: number }\nexport const plan = (): Plan => ({ at: parse('') });\n",
  'usecases/ports.ts': 'export interface Store { load(): void }\n',
  'usecases/tune.ts': "import { plan } from '../plan/plan.ts';\nexport const tune = plan;\n",
  'store/store.ts':
    "import { readFileSync } from 'node:fs';\nimport type { Store } from '../usecases/ports.ts';\nexport const store: Store = { load: () => void readFileSync('') };\n",
};

const FAULTS = [
  [
    'a pure folder that imports a higher one',
    'cron/up.ts',
    "export { plan } from '../plan/plan.ts';\n",
    'cron-imports',
  ],
  [
    'a mere type from above',
    'cron/type.ts',
    "import type { Plan } from '../plan/plan.ts';\nexport const at = (plan: Plan): number => plan.at;\n",
    'cron-imports',
  ],
  [
    'an import that is made while running',
    'cron/late.ts',
    "export const late = () => import('../plan/plan.ts');\n",
    'cron-imports',
  ],
  [
    'a pure folder that reads files',
    'cron/disk.ts',
    "export { readFileSync } from 'node:fs';\n",
    'pure-folders-touch-nothing',
  ],
  [
    'a pure folder that knows GitHub',
    'plan/rest.ts',
    "export { Octokit } from '@octokit/rest';\n",
    'pure-folders-touch-nothing',
  ],
  [
    'an adapter that calls a use case',
    'store/call.ts',
    "export { tune } from '../usecases/tune.ts';\n",
    'store-imports',
  ],
  [
    'a door that goes through another',
    'slash/a.ts',
    "export { b } from '../http/webhook/b.ts';\n",
    'slash-imports',
  ],
  ['errors that know a cron', 'errors.ts', "export { parse } from './cron/parse.ts';\n", 'errors-imports'],
  ['a circle', 'cron/a.ts', "import { b } from './b.ts';\nexport const a = (): unknown => b;\n", 'no-circle'],
  ['what is not there', 'cron/lost.ts', "export { lost } from './nowhere.ts';\n", 'everything-resolves'],
] as const;

describe('the layers', () => {
  it('let a sound house pass', () => {
    const { status, text } = check(SOUND);
    expect(text).toContain('no dependency violations found');
    expect(status).toBe(0);
  });

  describe('of a house with one of each fault', () => {
    let checked: ReturnType<typeof check>;
    const found = () => {
      const others = {
        'http/webhook/b.ts': 'export const b = 1;\n',
        'cron/b.ts': "import { a } from './a.ts';\nexport const b = (): unknown => a;\n",
      };
      const faults = Object.fromEntries(FAULTS.map(([, path, text]) => [path, text]));
      checked ??= check({ ...SOUND, ...others, ...faults });
      return checked;
    };

    it.each(FAULTS)('refuse %s', (_, path, __, rule) => {
      const { status, text } = found();
      expect(text).toMatch(new RegExp(`error ${rule}[\\w-]*: src/${path.replace('.', '\\.')}`));
      expect(status).not.toBe(0);
    });
  });

  it('do not hold where nothing was read', () => {
    const { status, text } = check({});
    expect(text).toMatch(/read 0 modules/);
    expect(status).not.toBe(0);
  });

  it('do not hold where less was read than there is', () => {
    const { status, text } = check(SOUND, 'src');
    expect(text).toMatch(/at least 100 were expected/);
    expect(status).not.toBe(0);
  });
});
