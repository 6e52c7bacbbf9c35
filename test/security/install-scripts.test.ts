import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const manifest: { readonly allowScripts: Readonly<Record<string, boolean>> } = JSON.parse(
  read('package.json'),
);
const lock: { readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>> } =
  JSON.parse(read('package-lock.json'));

describe('scripts of installation', () => {
  it('are decided on for every package that has one, and allowed for Node alone', () => {
    const having = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(Object.keys(manifest.allowScripts).toSorted()).toEqual([...new Set(having)].toSorted());
    expect(Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed)).toEqual([
      ['node', true],
    ]);
  });

  it.each(['.github/workflows/ci.yml', '.github/workflows/release.yml', 'Dockerfile', '.ci/run'])(
    'run in no installation of %s',
    (path) => {
      const installs = read(path)
        .split('\n')
        .filter((line) => /\bnpm (?:ci|install|i)\b/.test(line) && !/^\s*(?:#|step )/.test(line));
      expect(installs).not.toEqual([]);
      expect(installs.filter((line) => !line.includes('--ignore-scripts'))).toEqual([]);
    },
  );
});
