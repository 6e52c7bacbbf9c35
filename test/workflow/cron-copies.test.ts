import { describe, expect, it } from 'vitest';
import { filesForCopies, findCronCopies, type ListedFile } from '../../src/workflow/cron-copies.ts';

const CRON = '0 2 * * *';
const linesOf = (text: string, crons: readonly string[] = [CRON]) =>
  findCronCopies({ path: 'docs/ci.md', text }, crons).map(({ line }) => line);

describe('a copy of a cron', () => {
  it.each([
    ['alone', '0 2 * * *'],
    ['in code', 'Runs at `0 2 * * *` (UTC).'],
    ['in quotes', "    - cron: '0 2 * * *' # nightly"],
    ['in JSON', '{ "cron": "0 2 * * *" }'],
    ['as a list item', '- 0 2 * * *'],
    ['as an item with a star', '* 0 2 * * *'],
    ['escaped as in Markdown', String.raw`at 0 2 \* \* \*, each night`],
    ['after a comma', 'each night, 0 2 * * *.'],
    ['aligned', '0  2  *  *  *   /usr/bin/make'],
    ['with the end of a line of Windows', '0 2 * * *\r'],
  ])('is found %s', (_, line) => {
    expect(linesOf(`first\n${line}\nlast`)).toEqual([2]);
  });

  it.each([
    ['another minute', '10 2 * * *'],
    ['a field more before it', '0 0 2 * * *'],
    ['a field more behind it', '0 2 * * * *'],
    ['a longer field', '0 2 * * *,2'],
    ['a list before it', '1,0 2 * * *'],
    ['another hour', '0 3 * * *'],
    ['a figure', '10 2 * * * is ten past two'],
  ])('is not found in %s', (_, line) => {
    expect(linesOf(line)).toEqual([]);
  });

  it('is found where the workflow itself has two spaces between fields', () => {
    expect(linesOf('at 0 2 * * *', ['0  2 * * *'])).toEqual([1]);
  });

  it('is found for each of several crons', () => {
    expect(linesOf('0 2 * * *\n*/5 1-3 * * 1,2\n0 4 * * *', ['*/5 1-3 * * 1,2', CRON, CRON])).toEqual([1, 2]);
  });
});

describe('files that may hold a copy', () => {
  const file = (path: string, bytes = 100): ListedFile => ({ path, sha: path, bytes });
  const chosen = (...files: readonly ListedFile[]) => filesForCopies(files).map(({ path }) => path);

  it('are texts that people write, the likeliest first', () => {
    expect(
      chosen(
        file('src/main.ts'),
        file('a/b/c/notes.md'),
        file('data.json'),
        file('a/b/docs/schedules.md'),
        file('README.md'),
        file('templates/nightly.yml.j2'),
        file('logo.png'),
      ),
    ).toEqual([
      'README.md',
      'templates/nightly.yml.j2',
      'a/b/docs/schedules.md',
      'data.json',
      'a/b/c/notes.md',
    ]);
  });

  it('are no workflows, no large ones, nothing of others, and nothing generated', () => {
    expect(
      chosen(
        file('.github/workflows/nightly.yml'),
        file('.github/workflows/templates/nightly.yml'),
        file('docs/large.md', 1_000_000),
        file('web/node_modules/x/README.md'),
        file('package-lock.json'),
      ),
    ).toEqual(['.github/workflows/templates/nightly.yml']);
  });
});
