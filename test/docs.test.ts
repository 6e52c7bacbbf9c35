import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../src/operations/table.ts';

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

const ROOT = new URL('../', import.meta.url);

/** Rows of tables, by line, that stand in no table: their first row is not followed by a line of dashes. */
function strayRows(text: string): readonly string[] {
  const lines = text.split('\n');
  const isRow = (line: string | undefined): boolean => line?.startsWith('|') === true;
  let isCode = false;
  let isTable = false;
  return lines.flatMap((line, at) => {
    if (/^ *```/.test(line)) isCode = !isCode;
    if (isCode || !isRow(line)) {
      isTable = false;
      return [];
    }
    isTable ||= /^\|[ :|-]+\|$/.test(lines[at + 1] ?? '');
    return isTable ? [] : [`${at + 1}: ${line.slice(0, 60)}`];
  });
}

describe('tables', () => {
  const pages = globSync(['*.md', 'docs/**/*.md', 'deploy/**/*.md'], { cwd: ROOT });

  it.each(pages)('of %s hold every row', (page) => {
    expect(strayRows(read(page))).toEqual([]);
  });

  it('are ended by an empty line, and a row after it shows as plain text', () => {
    const table = '| a | b |\n| :--- | ---: |\n| 1 | 2 |\n';
    expect(strayRows(`${table}\n${table}`)).toEqual([]);
    expect(strayRows(`${table}\n| 3 | 4 |\n`)).toEqual(['5: | 3 | 4 |']);
    expect(strayRows('```\n| 3 | 4 |\n```\n')).toEqual([]);
  });
});

describe.each([
  ['docs/commands.md', 'slash', (name: string) => `/${name}`],
  ['docs/cli.md', 'cli', (name: string) => name],
  ['docs/api.md', 'api', (name: string) => `…/${name}\``],
] as const)('%s', (file, door, written) => {
  it.each(OPERATIONS.filter(({ doors }) => doors.includes(door)).map(({ name }) => name))(
    'tells of %s',
    (name) => {
      expect(read(file)).toContain(written(name));
    },
  );
});

it.each(globSync('src/*', { cwd: ROOT }).map((path) => path.replace('src/', '')))(
  'docs/architecture.md says in which layer %s is',
  (name) => {
    const [, layers = ''] = /\n## Layers\n([\s\S]*?)\n## /.exec(read('docs/architecture.md')) ?? [];
    const named = name.endsWith('.ts') ? `\`${name}\`` : `| \`${name}/`;
    expect(layers.split('\n').filter((line) => line.startsWith('|') && line.includes(named))).not.toEqual([]);
  },
);

describe('README.md', () => {
  it('offers the three ways in on its first screen', () => {
    const screen = read('README.md').split('\n').slice(0, 30).join('\n');
    for (const way of [
      '[Action](docs/action.md)',
      '[App](#install-the-app)',
      '[Command line](docs/cli.md)',
    ]) {
      expect(screen).toContain(way);
    }
  });
});

describe('.env.example', () => {
  it('leaves to the image and the unit what these set: where to listen, and where to keep data', () => {
    expect(read('.env.example')).not.toMatch(/^(?:DATA_DIR|HOST|PORT)=/m);
  });
});

it.each([
  ['README.md', /`\/pause`.*on-time starts/],
  ['docs/commands.md', /`\/pause`.*on time/],
  ['docs/on-time.md', /^\| `\/pause`.*Nothing is asked/m],
])('%s says that /pause stops on-time starts too', (file, said) => {
  expect(read(file)).toMatch(said);
});

it('npm start ends with its npm: the server takes the place of the shell, which passes no signal on', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(scripts.start).toMatch(/^exec node [^&|;]+$/);
});

it.each([
  ['README.md', '](docs/configuration.md#how-to-say-no)'],
  ['docs/pull-request.md', '](configuration.md#how-to-say-no)'],
  ['docs/configuration.md', '## How to say no'],
  ['docs/configuration.md', '1. Write `/on-time off`'],
  ['docs/operations.md', '## In front of it'],
  ['docs/operations.md', '`node src/main.ts serve`'],
  ['README.md', 'offbeat flags set emergency-stop on'],
  ['deploy/compose.yaml', '#   cat ../data/app.env >> .env'],
])('%s says %s', (file, said) => {
  expect(read(file)).toContain(said);
});

it('operations.md names in front of the server every path that it serves', () => {
  const [, section = ''] = /## In front of it\n([\s\S]*?)\n## /.exec(read('docs/operations.md')) ?? [];
  for (const path of [
    '/api/github/webhooks',
    '/api/v1/',
    '/badge/',
    '/sign-in',
    '/assets/',
    '/metrics',
    '/readyz',
    '/setup',
  ]) {
    expect(section).toContain(path);
  }
});
