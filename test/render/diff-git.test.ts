import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../src/render/diff.ts';
import { editWorkflowFile } from '../../src/workflow/edit.ts';
import { CORPUS } from '../workflow/corpus.ts';

const FOLDER = '.github/workflows';
const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

function git(cwd: string, args: readonly string[], input = '') {
  const { status, stderr } = spawnSync('git', args, { cwd, input, encoding: 'utf8' });
  return { status, stderr };
}

/** A repository whose workflow folder holds one file. */
function repository(name: string, text: string): { readonly cwd: string; readonly read: () => string } {
  const cwd = mkdtempSync(join(tmpdir(), 'offbeat-diff-'));
  made.push(cwd);
  mkdirSync(join(cwd, FOLDER), { recursive: true });
  writeFileSync(join(cwd, FOLDER, name), text);
  expect(git(cwd, ['init', '--quiet']).status).toBe(0);
  return { cwd, read: () => readFileSync(join(cwd, FOLDER, name), 'utf8') };
}

/** What `git apply` makes of a diff that turns one text into the other. */
function applied(name: string, before: string, after: string): string {
  const { cwd, read } = repository(name, before);
  const diff = unifiedDiff(`${FOLDER}/${name}`, before, after);
  expect(git(cwd, ['apply', '--whitespace=nowarn', '-'], diff)).toEqual({ status: 0, stderr: '' });
  return read();
}

describe('git apply', () => {
  const edits = CORPUS.flatMap(({ name, text, crons }) => crons.map((_, index) => ({ name, text, index })));

  it.each(edits)(
    'accepts the diff when schedule $index of a file with $name is edited',
    ({ text, index }) => {
      const edited = editWorkflowFile(`${FOLDER}/a.yml`, text, [{ index, to: '7-59/20 4 * * *' }]);
      expect(applied('a.yml', text, edited)).toBe(edited);
    },
  );

  it.each([
    'my build.yml',
    'a"b.yml',
    'a\\b.yml',
    'prüfung.yml',
    '夜.yml',
    'tab\tin.yml',
    ' start.yml',
    '"q".yml',
  ])('finds the file when it is named %j', (name) => {
    expect(applied(name, 'a\nb\nc\n', 'a\nB\nc\n')).toBe('a\nB\nc\n');
  });

  it('accepts a diff when both ends of a file of a hundred thousand lines are edited', () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `line ${at % 7}`);
    const before = `${lines.join('\n')}\n`;
    const after = `${lines.with(1, 'first').with(2, 'second').with(99_998, 'last').join('\n')}\n`;
    expect(applied('long.yml', before, after)).toBe(after);
  });
});
