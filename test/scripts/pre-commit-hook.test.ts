import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

it('the hook of pre-commit starts a command whose built code a release puts onto its tag', () => {
  const manifest: { readonly bin: Readonly<Record<string, string>>; readonly scripts: object } = JSON.parse(
    read('package.json'),
  );
  const [hook]: readonly { readonly entry: string; readonly language: string }[] = parse(
    read('.pre-commit-hooks.yaml'),
  );
  expect(hook?.language).toBe('node');
  const file = manifest.bin[hook?.entry.split(' ')[0] ?? ''];
  expect(file).toBe('dist/main.js');
  // npm builds nothing of a package that comes from git: a script called `prepare` would be run, `prepack` is not.
  expect(manifest.scripts).not.toHaveProperty('prepare');
  const release: { readonly jobs: { readonly action: { readonly steps: readonly { run?: string }[] } } } =
    parse(read('.github/workflows/release.yml'));
  const lines = release.jobs.action.steps.flatMap(({ run }) => run?.split('\n') ?? []);
  const built = lines.indexOf('npm run -s build');
  expect(built).toBeGreaterThanOrEqual(0);
  expect(lines.indexOf('git add --force dist')).toBeGreaterThan(built);
});
