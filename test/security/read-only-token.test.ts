import { expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { DAY_MS } from '../../src/time.ts';
import { START, workflow, world } from '../usecases/on-time/world.ts';

const DAYS = 3;
const FILES = ['a', 'b', 'c'].map((name) => `.github/workflows/${name}.yml`);
/** GitHub's answer to a token that may only read. */
const MESSAGE = 'Resource not accessible by integration';
const SAID = `${MESSAGE}. Starting workflows takes \`actions: write\`.`;

/** Three workflows that tick every half hour, none of which may be started, over some days. */
async function refused(isIssueRefused: boolean) {
  const at = await world({
    repository: {
      files: FILES.map((path) => ({ path, text: workflow('*/30 * * * *') })),
      ...(isIssueRefused ? { issueRefusal: new OffbeatError('github-refused', MESSAGE) } : {}),
    },
  });
  const refusal = { answer: { status: 403, message: MESSAGE }, starts: false } as const;
  at.actions.fates.push(...Array.from({ length: 1_000 }, () => refusal));
  at.start();
  await at.until(START + DAYS * DAY_MS);
  return at;
}

it('with a token that may only read, each workflow is asked for once a day, however often it ticks', async () => {
  const { actions, state } = await refused(false);
  const asked = Map.groupBy(actions.asked, ({ path }) => path);
  expect([...asked].map(([path, { length }]) => [path, length])).toEqual(FILES.map((path) => [path, DAYS]));
  const { onTime } = await state();
  expect(onTime?.files).toMatchObject(FILES.map(() => ({ hold: { why: 'refused', sentence: SAID } })));
});

it('… and one issue of each workflow, brought up to date, says why', async () => {
  const { written } = await refused(false);
  expect(new Set(written.issues.map(({ title }) => title)).size).toBe(FILES.length);
  expect(written.issues.length).toBeLessThanOrEqual(FILES.length * DAYS);
  for (const { body } of written.issues) expect(body).toContain(SAID);
});

it('… and where the issue is refused too, that is recorded, and no more is asked', async () => {
  const { actions, written, state } = await refused(true);
  expect(actions.asked).toHaveLength(FILES.length * DAYS);
  expect(written.issues).toEqual([]);
  const { profile } = await state();
  expect(Object.values(profile.refusals).map((refusal) => refusal?.sentence)).toEqual([MESSAGE]);
});
