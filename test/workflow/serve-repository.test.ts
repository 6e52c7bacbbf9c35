import { describe, expect, it } from 'vitest';
import { NET_PATH } from '../../src/workflow/paths.ts';
import { serveRepository, type WantedStart } from '../../src/workflow/serve-repository.ts';

const JOBS = 'jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make\n';
const A = '.github/workflows/a.yml';
const B = '.github/workflows/b.yml';
const SOURCES = [
  { path: A, text: `on:\n  schedule:\n    - cron: '0 3 * * *' # a\n${JOBS}` },
  { path: B, text: `on:\n  schedule:\n    - cron: '0 4 * * *' # b\n  push:\n${JOBS}` },
  { path: 'go.sh', text: 'make\n' },
];
const TERMS = { appSlug: 'offbeat' };
const plain = { inputs: {}, manualServes: false };
const punctual = (path: string, net: WantedStart['net'] = 'own'): WantedStart => ({
  path,
  mode: 'punctual',
  net,
  ...plain,
});
const rescue = (path: string): WantedStart => ({ path, mode: 'rescue', net: 'own', ...plain });

type Files = readonly { readonly path: string; readonly text: string }[];

/** The files after the edits for these workflows. */
function filesAfter(sources: Files, wanted: readonly WantedStart[]): Files {
  const { files, removed } = serveRepository(sources, wanted, TERMS);
  const kept = sources.filter(
    ({ path }) => !removed.includes(path) && !files.some((file) => file.path === path),
  );
  return [...kept, ...files].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

const BEFORE = filesAfter(SOURCES, []);
const textOf = (files: Files, path: string) => files.find((file) => file.path === path)?.text;

describe('the edits that put workflows on time', () => {
  it('take the schedule out and write the net', () => {
    const { files, removed, changes } = serveRepository(SOURCES, [punctual(A)], TERMS);
    expect(files.map(({ path }) => path)).toEqual([A, NET_PATH]);
    expect(files[0]?.text).toContain("#|   - cron: '0 3 * * *' # a\n  workflow_dispatch:");
    expect(files[1]?.text).toContain("    - cron: '0 3 * * *' # a.yml\n");
    expect(removed).toEqual([]);
    expect(changes).toEqual([{ path: A, to: 'punctual', net: 'own' }]);
  });

  it('are none where everything is as wanted', () => {
    const served = filesAfter(SOURCES, [punctual(A), rescue(B)]);
    expect(serveRepository(served, [punctual(A), rescue(B)], TERMS)).toEqual({
      files: [],
      removed: [],
      changes: [],
      inNet: [
        { path: A, schedules: [{ cron: '0 3 * * *', timezone: 'UTC' }], inputs: {}, manualServes: false },
      ],
      refused: [],
    });
  });

  it.each<readonly [string, readonly WantedStart[]]>([
    ['punctual', [punctual(A), punctual(B)]],
    ['punctual without a net', [punctual(A, 'none'), punctual(B, 'cron')]],
    ['to be rescued', [rescue(A), rescue(B)]],
  ])('lead back byte for byte from %s', (_, wanted) => {
    const served = filesAfter(SOURCES, wanted);
    expect(served).not.toEqual(BEFORE);
    expect(filesAfter(served, [])).toEqual(BEFORE);
  });

  it('lead from each way to each other as from none', () => {
    const ways = [
      [punctual(A)],
      [punctual(A, 'none')],
      [punctual(A, 'cron')],
      [rescue(A)],
      [punctual(A), punctual(B)],
    ];
    for (const from of ways) {
      for (const to of ways)
        expect(filesAfter(filesAfter(SOURCES, from), to)).toEqual(filesAfter(SOURCES, to));
    }
  });

  it('take one workflow out of the net and leave the other', () => {
    const served = filesAfter(SOURCES, [punctual(A), punctual(B)]);
    const one = filesAfter(served, [punctual(B)]);
    expect(textOf(one, A)).toBe(SOURCES[0]?.text);
    expect(textOf(one, NET_PATH)).not.toContain('a.yml');
    const { removed } = serveRepository(one, [], TERMS);
    expect(removed).toEqual([NET_PATH]);
  });

  it('follow a cron that was edited in the comment that keeps it', () => {
    const served = filesAfter(SOURCES, [punctual(A)]);
    const edited = served.map(({ path, text }) => ({
      path,
      text: path === A ? text.replace('0 3 * * *', '9 5 * * *') : text,
    }));
    const { files } = serveRepository(edited, [punctual(A)], TERMS);
    expect(files.map(({ path }) => path)).toEqual([NET_PATH]);
    expect(files[0]?.text).toContain("'9 5 * * *' # a.yml");
  });

  it('bring the net up to date where another version has written another step', () => {
    const served = filesAfter(SOURCES, [punctual(A)]);
    const older = served.map(({ path, text }) => ({
      path,
      text: path === NET_PATH ? text.replace(/run: \|.*$/s, 'run: |\n          main();\n') : text,
    }));
    expect(textOf(older, NET_PATH)).not.toBe(textOf(served, NET_PATH));
    const { files, changes } = serveRepository(older, [punctual(A)], TERMS);
    expect(files).toEqual([{ path: NET_PATH, text: textOf(served, NET_PATH) }]);
    expect(changes).toEqual([]);
  });

  it('leave alone what cannot be undone, and go on with the others', () => {
    const flow = { path: A, text: `on: {schedule: [{cron: '0 3 * * *'}]}\n${JOBS}` };
    const served = filesAfter([flow], [punctual(A)]).map(({ path, text }) => ({
      path,
      text: path === A ? text.replace('on: {w', 'on: {push: , w') : text,
    }));
    const { files, refused } = serveRepository([...served, ...SOURCES.slice(1)], [rescue(B)], TERMS);
    expect(refused).toEqual([{ path: A, sentence: expect.stringContaining('edited since') }]);
    expect(files.map(({ path }) => path)).toEqual([B]);
  });

  it('never overwrite or remove a workflow of somebody else that has the name of the net', () => {
    const own = { path: NET_PATH, text: `on:\n  schedule:\n    - cron: '41 5 * * *'\n${JOBS}` };
    expect(serveRepository([...SOURCES, own], [], TERMS)).toMatchObject({ files: [], removed: [] });
    const wanted = [punctual(A), punctual(B, 'cron')];
    const { files, removed, refused } = serveRepository([...SOURCES, own], wanted, TERMS);
    expect(files.map(({ path }) => path)).toEqual([B]);
    expect(removed).toEqual([]);
    expect(refused).toEqual([{ path: A, sentence: expect.stringContaining('Offbeat has not written') }]);
  });

  it('leave out of the net what is rescued, has none, or keeps its cron', () => {
    expect(textOf(filesAfter(SOURCES, [rescue(A), punctual(B, 'cron')]), NET_PATH)).toBeUndefined();
    expect(textOf(filesAfter(SOURCES, [punctual(A, 'none')]), NET_PATH)).toBeUndefined();
  });
});
