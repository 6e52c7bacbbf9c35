import { describe, expect, it } from 'vitest';
import { DAYS_TO_PROPOSAL } from '../e2e/story.ts';
import { comment, DAY_MS, FIRST_DAY, HOUR_MS, type World, withWorld } from './harness.ts';

const CONFIG = 'mode: suggest\nmin-confidence: 0.3\n';

/** Goes to some hours after the first decision is possible; gives the scheduled runs until then. */
async function arriveAt(world: World, hours: number): Promise<void> {
  const events = await world.history(DAYS_TO_PROPOSAL + 3);
  world.clock.set(FIRST_DAY + (DAYS_TO_PROPOSAL + 1) * DAY_MS + hours * HOUR_MS);
  world.live(events);
}

async function runsKept(world: World): Promise<number> {
  const { runs } = JSON.parse((await world.document('runs.json')) ?? '{}');
  return runs.rows.length;
}

describe('a comment before the first tune', () => {
  it.each(['/report', '/suggest', 'command: report'])(
    'answers from the files, and the first tune learns past runs after %s',
    async (asked) => {
      await withWorld({ config: CONFIG }, async (world) => {
        await arriveAt(world, 0);
        if (asked.startsWith('/')) {
          const { answers } = await comment(world, 'maintainer', asked);
          if (asked === '/report') {
            expect(answers[0]).toMatch(/6\sschedules/);
            expect(answers[0]).toContain('Past runs have not been read yet');
            expect(answers[0]).not.toContain('have had no scheduled run');
          }
        } else await world.run({ inputs: { command: 'report' } });
        await arriveAt(world, 6);
        const { outputs } = await world.run();
        expect(await runsKept(world)).toBeGreaterThan(50);
        expect(outputs.get('pull-request')).toMatch(/\/pull\/\d+$/);
      });
    },
  );

  it('answers from the files after the state branch was lost', async () => {
    await withWorld({ config: CONFIG }, async (world) => {
      await arriveAt(world, 0);
      await world.run();
      await world.maintainer.rest.git.deleteRef({ ...world.where, ref: 'heads/offbeat-data' });
      const { answers } = await comment(world, 'maintainer', '/report');
      expect(answers[0]).toMatch(/6\sschedules/);
      await arriveAt(world, 6);
      await world.run();
      expect(await runsKept(world)).toBeGreaterThan(50);
    });
  });
});
