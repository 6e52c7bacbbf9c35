import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { checksum } from '../../src/disk/journal-line.ts';
import { MINUTE_MS } from '../../src/time.ts';
import { DAY_MS, FIRST_DAY, STATE, type World, withWorld } from '../action/harness.ts';

const DAY_AFTER = FIRST_DAY + DAY_MS;

/** A world with a day of runs that were learned. */
async function withState(test: (world: World) => Promise<void>): Promise<void> {
  await withWorld({}, async (world) => {
    world.clock.set(DAY_AFTER);
    world.live(await world.history(1));
    await world.run();
    await test(world);
  });
}

/** Puts files onto the state branch, as a merged pull request could. */
async function merge({ maintainer, where }: World, files: Readonly<Record<string, string>>): Promise<void> {
  const { data: head } = await maintainer.rest.git.getRef({ ...where, ref: 'heads/offbeat-data' });
  const { data: before } = await maintainer.rest.git.getCommit({ ...where, commit_sha: head.object.sha });
  const { data: tree } = await maintainer.rest.git.createTree({
    ...where,
    base_tree: before.tree.sha,
    tree: Object.entries(files).map(([path, content]) => ({
      path,
      mode: '100644' as const,
      type: 'blob' as const,
      content,
    })),
  });
  const parents = [head.object.sha];
  const commit = await maintainer.rest.git.createCommit({ ...where, message: 'x', tree: tree.sha, parents });
  await maintainer.rest.git.updateRef({ ...where, ref: 'heads/offbeat-data', sha: commit.data.sha });
}

/** A document as Offbeat would have written it, with the checksum of its new content. */
async function forge(world: World, name: string, change: (held: Record<string, unknown>) => void) {
  const { crc: _, ...held } = JSON.parse((await world.document(name)) ?? '{}');
  change(held);
  const rest = JSON.stringify(held).slice(1);
  await merge(world, { [`${STATE}/${name}`]: `{"crc":"${checksum(rest)}",${rest}` });
}

async function runsKept(world: World): Promise<number> {
  return JSON.parse((await world.document('runs.json')) ?? '{}').runs.rows.length;
}

describe('a document of the state branch', () => {
  it.each([
    ['streams that are no map', 'learned.json', { streams: 5 }],
    ['a profile without a name', 'profile.json', { profile: { id: 1 } }],
    ['settings of another kind', 'audit.json', { care: { version: 1, leftAlone: 'all' } }],
  ])('is checked whatever it says of its writer: %s', async (_, name, change) => {
    await withState(async (world) => {
      const before = await runsKept(world);
      await forge(world, name, (held) => Object.assign(held, change));
      const ran = await world.run();
      expect(ran.failure).toBeNull();
      expect(ran.said.join()).toMatch(new RegExp(`cannot be used, so past runs are learned anew: .*${name}`));
      expect(await runsKept(world)).toBe(before);
    });
  });

  it.each([1e308, -1e308, 0, Date.UTC(2100, 0, 1)])(
    'does not lead past all runs, nor through centuries: reading from %d',
    async (readFrom) => {
      await withState(async (world) => {
        await merge(world, { [`${STATE}/action.json`]: JSON.stringify({ version: 1, readFrom, blobs: {} }) });
        const ran = await world.run();
        expect(ran.failure).toBeNull();
        expect(ran.said.join()).toContain('action.json is damaged');
        const kept = JSON.parse((await world.document('action.json')) ?? '{}');
        expect(kept.readFrom).toBe(FIRST_DAY);
      });
    },
  );
});

describe('a state branch', () => {
  it('is refused where it is the default branch, whose history stays', async () => {
    await withState(async (world) => {
      const head = async () => (await world.maintainer.rest.repos.listCommits(world.where)).data[0]?.sha;
      const before = await head();
      for (const command of ['tune', 'record']) {
        const inputs = {
          command,
          'state-branch': 'main',
          'start-time': new Date(FIRST_DAY).toISOString(),
          success: 'true',
        };
        const ran = await world.run({ inputs });
        expect(`${ran.failure}`).toContain('Offbeat keeps its state on no branch that holds');
      }
      expect(await head()).toBe(before);
    });
  });

  it('is refused where somebody else keeps a file there', async () => {
    await withState(async (world) => {
      await merge(world, { 'site/index.html': 'x' });
      expect((await world.run()).failure).toContain('"site/index.html", which is not its own');
    });
  });

  it('with more reports than a run learns is read in parts', async () => {
    await withState(async (world) => {
      const reports = Array.from({ length: 501 }, (_, at) => [`${STATE}/inbox/${1000 + at}-1-x.json`, 'x']);
      await merge(world, Object.fromEntries(reports));
      const leftOut = async () =>
        (await world.run()).said.filter((line) => line.includes('was left out')).length;
      expect([await leftOut(), await leftOut(), await leftOut()]).toEqual([500, 1, 0]);
    });
  });
});

describe('figures of a report', () => {
  it('that JSON could not keep are refused', async () => {
    await withState(async (world) => {
      const inputs = {
        command: 'record',
        workflow: 'nightly-build.yml',
        'start-time': new Date(FIRST_DAY).toISOString(),
        duration: '3',
        success: 'true',
        'resource-usage': '{"cpu_seconds": -1.7e308}',
      };
      expect((await world.run({ inputs })).failure).toContain(
        '`resource-usage.cpu_seconds` has to be at least',
      );
    });
  });
});

/** Served at 03:00. */
const SERVED = `on:
  schedule:
    - cron: '0 3 * * *'
  workflow_dispatch:
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{ run: make }]
`;

describe('two runs at once', () => {
  it('start a tick once: its intent is on the branch before GitHub is asked', async () => {
    const permissions = {
      metadata: 'read',
      contents: 'write',
      actions: 'write',
      issues: 'write',
      pull_requests: 'write',
    } as const;
    const config = 'mode: suggest\nworkflows:\n  served.yml: { on-time: punctual, net: cron }\n';
    await withWorld({ permissions, config }, async (world) => {
      await world.maintainer.rest.repos.createOrUpdateFileContents({
        ...world.where,
        path: '.github/workflows/served.yml',
        message: 'Add it',
        content: Buffer.from(SERVED).toString('base64'),
      });
      world.emulated.actions.pace({ creationMs: 2_000, listLagMs: 5_000, durationMs: MINUTE_MS });
      const wait = async (ms: number) => {
        world.clock.set(world.clock.now() + ms);
        world.emulated.actions.advance();
        await setImmediate();
      };
      const time = { now: world.clock.now, wait };
      world.clock.set(FIRST_DAY + DAY_MS / 2);
      expect((await world.run({ time })).failure).toBeNull();
      world.clock.set(DAY_AFTER + 200 * MINUTE_MS);
      const ran = await Promise.all([world.run({ time }), world.run({ time })]);
      expect(ran.map(({ failure }) => failure)).toEqual([null, null]);
      world.clock.set(world.clock.now() + 10 * MINUTE_MS);
      world.emulated.actions.advance();
      expect((await world.run({ time })).failure).toBeNull();
      const asked = world.emulated.writes.filter(({ path }) => path.endsWith('/dispatches'));
      expect(asked).toHaveLength(1);
      expect(await world.document('ticks.json')).toContain('"state":"done"');
    });
  });
});
