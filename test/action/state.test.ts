import { describe, expect, it } from 'vitest';
import { itemAt } from '../../src/checked.ts';
import { leapingTime } from '../../src/demo/clock.ts';
import { sampled } from '../sampled.ts';
import { comment, DAY_MS, FIRST_DAY, type Ran, STATE, type World, withWorld } from './harness.ts';

/** Twenty in the long run. */
const REPORTS = sampled(20, 6);
const STARTED = new Date(FIRST_DAY).toISOString();
const RECORD = {
  command: 'record',
  workflow: 'nightly-build.yml',
  'start-time': STARTED,
  duration: '312',
  success: 'true',
  'resource-usage': '{"cpu_seconds": 340}',
};

/** A world in which a day of runs has passed. */
async function withDay(test: (world: World) => Promise<void>): Promise<void> {
  await withWorld({}, async (world) => {
    world.clock.set(FIRST_DAY + DAY_MS);
    world.live(await world.history(2));
    await test(world);
  });
}

async function headOf({ maintainer, where }: World): Promise<string | null> {
  return maintainer.rest.git.getRef({ ...where, ref: 'heads/offbeat-data' }).then(
    ({ data }) => data.object.sha,
    () => null,
  );
}

/** Puts texts onto the state branch, as somebody with write access could. */
async function overwrite(
  { maintainer, where }: World,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const { data: head } = await maintainer.rest.git.getRef({ ...where, ref: 'heads/offbeat-data' });
  const { data: commit } = await maintainer.rest.git.getCommit({ ...where, commit_sha: head.object.sha });
  const { data: tree } = await maintainer.rest.git.createTree({
    ...where,
    base_tree: commit.tree.sha,
    tree: Object.entries(files).map(([name, content]) => ({
      path: `${STATE}/${name}`,
      mode: '100644' as const,
      type: 'blob' as const,
      content,
    })),
  });
  const made = await maintainer.rest.git.createCommit({
    ...where,
    message: 'x',
    tree: tree.sha,
    parents: [head.object.sha],
  });
  await maintainer.rest.git.updateRef({
    ...where,
    ref: 'heads/offbeat-data',
    sha: made.data.sha,
    force: true,
  });
}

/** Reports on the state branch. */
async function inboxOf({ maintainer, where }: World): Promise<readonly string[]> {
  const at = { ...where, tree_sha: 'offbeat-data', recursive: '1' } as const;
  const { data } = await maintainer.rest.git.getTree(at);
  return data.tree.map(({ path }) => path).filter((path) => /\/inbox\/.*\.json$/.test(path));
}

async function runsKept(world: World): Promise<number> {
  const { runs } = JSON.parse((await world.document('runs.json')) ?? '{}');
  return runs.rows.length;
}

describe('record', () => {
  it('loses none of the reports that are written at once, and tune learns each', async () => {
    await withDay(async (world) => {
      await world.run();
      const before = await runsKept(world);
      const reported = await Promise.all(
        Array.from({ length: REPORTS }, (_, at) => {
          const inputs = { ...RECORD, 'start-time': new Date(FIRST_DAY + at * 60_000).toISOString() };
          return world.run({ inputs, env: { GITHUB_RUN_ID: String(5_000 + at) } });
        }),
      );
      expect(
        reported.flatMap(({ said, failure }) => [
          ...said.filter((one) => /warning/.test(one)),
          ...(failure ?? []),
        ]),
      ).toEqual([]);
      expect(await inboxOf(world)).toHaveLength(REPORTS);
      await world.run();
      expect(await runsKept(world)).toBe(before + REPORTS);
      expect(await inboxOf(world)).toEqual([]);
    });
  });

  it('takes this run where nothing else is named, and the time until now', async () => {
    await withDay(async (world) => {
      const inputs = { command: 'record', 'start-time': new Date(FIRST_DAY).toISOString(), success: 'false' };
      expect((await world.run({ inputs })).failure).toBeNull();
      await world.run();
      await world.run();
      expect((await world.document('runs.json')) ?? '').toContain('.github/workflows/nightly.yml');
    });
  });

  it('waits for its run to be listed, and adds its figures to it', async () => {
    await withDay(async (world) => {
      await world.run();
      const events = await world.history(2);
      const { run } = itemAt(
        events.filter(({ kind, at, run }) => {
          return kind === 'completed' && at > world.clock.now() && run.event === 'schedule';
        }),
        0,
      );
      world.clock.set(run.endedAt - 1_000);
      world.live(events);
      const { owner, repo } = world.where;
      const env = {
        GITHUB_RUN_ID: String(run.id),
        GITHUB_WORKFLOW_REF: `${owner}/${repo}/${run.path}@refs/heads/main`,
      };
      const inputs = { ...RECORD, workflow: '', 'start-time': new Date(run.startedAt).toISOString() };
      await world.run({ inputs, env });
      await world.run();
      expect(await inboxOf(world)).toHaveLength(1);
      world.clock.set(FIRST_DAY + 2 * DAY_MS);
      world.live(events);
      await world.run();
      expect(await inboxOf(world)).toEqual([]);
      const ended = events.filter(({ kind, at }) => kind === 'completed' && at <= world.clock.now());
      expect(await runsKept(world)).toBe(ended.length);
      expect(await world.document('audit.json')).toContain('"cpu_seconds":340');
    });
  });

  it.each(['history', 'adapt default', '/report'])(
    'outlasts %s, which learns no reports',
    async (command) => {
      await withDay(async (world) => {
        await world.run();
        const before = await runsKept(world);
        await world.run({ inputs: RECORD });
        if (command.startsWith('/')) await comment(world, 'maintainer', command);
        else await world.run({ inputs: { command } });
        expect(await inboxOf(world)).toHaveLength(1);
        await world.run();
        expect(await runsKept(world)).toBe(before + 1);
        expect(await inboxOf(world)).toEqual([]);
      });
    },
  );

  it.each([
    ['a success that is none', { success: 'perhaps' }, /success/],
    ['a start that is no time', { 'start-time': 'yesterday' }, /start-time/],
    ['a usage that is no JSON', { 'resource-usage': 'much' }, /resource-usage/],
  ])('fails with a sentence for %s', async (_, wrong, sentence) => {
    await withWorld({}, async (world) => {
      expect((await world.run({ inputs: { ...RECORD, ...wrong } })).failure).toMatch(sentence);
      expect(await headOf(world)).toBeNull();
    });
  });

  it('does not fail the workflow where GitHub takes no report', async () => {
    await withDay(async (world) => {
      world.emulated.faults.failNext({
        path: '/graphql',
        status: 200,
        body: { data: null, errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible' }] },
        times: 99,
      });
      const ran = await world.run({ inputs: RECORD });
      expect(ran.failure).toBeNull();
      expect(ran.said.join()).toMatch(/warning: The run was not recorded\. .*Resource not accessible/);
    });
  });
});

describe('a run of a pull request', () => {
  it.each(['pull_request', 'pull_request_target', 'merge_group'])('writes nothing for %s', async (event) => {
    await withWorld({}, async (world) => {
      for (const inputs of [{}, RECORD, { command: 'report' }]) {
        expect((await world.run({ event, inputs })).failure).toBeNull();
      }
      const evolved = await world.run({ event, inputs: { command: 'evolve' } });
      expect(evolved.failure).toContain('A run of a pull request may ask, and change nothing.');
      expect(await headOf(world)).toBeNull();
      expect(
        world.emulated.writes.filter(({ path }) => path !== '/graphql' && !/access_tokens/.test(path)),
      ).toEqual([]);
    });
  });
});

describe('the state branch', () => {
  it('is begun anew from the run lists where it was lost', async () => {
    await withDay(async (world) => {
      await world.run();
      const before = await runsKept(world);
      await world.maintainer.rest.git.deleteRef({ ...world.where, ref: 'heads/offbeat-data' });
      const ran = await world.run();
      expect(ran.said.join()).toContain('There is no branch offbeat-data');
      expect(await runsKept(world)).toBe(before);
    });
  });

  it.each([
    ['a document is cut', 'learned.json', '{"crc":"00000000","version":1'],
    ['the profile is gone', 'profile.json', ''],
    ['the bookkeeping is no JSON', 'action.json', 'x'],
    ['a document of ours is of another version', 'decisions.json', '{"version":2}'],
  ])('is said to be damaged and begun anew where %s', async (_, name, text) => {
    await withDay(async (world) => {
      await world.run();
      const before = await runsKept(world);
      await overwrite(world, { [name]: text });
      const ran = await world.run();
      expect(ran.failure).toBeNull();
      expect(ran.said.join()).toContain('cannot be used, so past runs are learned anew');
      expect(ran.said.join()).toContain(name);
      expect(await runsKept(world)).toBe(before);
      expect((await world.run()).said.join()).not.toContain('cannot be used');
    });
  });

  it('keeps what the quicker of two runs has kept, and the other one starts anew from it', async () => {
    await withDay(async (world) => {
      await world.run();
      world.clock.set(FIRST_DAY + 2 * DAY_MS);
      world.live(await world.history(2));
      const leaping = leapingTime();
      let quicker: Ran | undefined;
      const time = {
        ...leaping,
        // The slower one waits between two writes, when it has read the branch.
        async wait(ms: number) {
          quicker ??= await world.run();
          world.clock.set(world.clock.now() + 60_000);
          await leaping.wait(ms);
        },
      };
      const slower = await world.run({ time });
      expect([quicker?.failure, slower.failure]).toEqual([null, null]);
      expect(slower.said.join()).toContain('starting anew');
      expect(slower.said.join()).toContain('0 runs were learned');
      const events = (await world.history(2)).filter(
        ({ kind, at }) => kind === 'completed' && at <= world.clock.now(),
      );
      expect(await runsKept(world)).toBe(events.length);
    });
  });

  it('is named by an input, and refuses what is no branch', async () => {
    await withDay(async (world) => {
      await world.run({ inputs: { 'state-branch': 'bots/offbeat' } });
      const { data } = await world.maintainer.rest.git.getRef({ ...world.where, ref: 'heads/bots/offbeat' });
      expect(data.object.type).toBe('commit');
      expect((await world.run({ inputs: { 'state-branch': 'a..b' } })).failure).toContain(
        'input state-branch',
      );
    });
  });
});
