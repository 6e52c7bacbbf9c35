import { expect, it } from 'vitest';
import { createHeadsAhead, HEAD_AHEAD_MS } from '../../../src/usecases/on-time/heads-ahead.ts';

const PATH = '.github/workflows/nightly.yml';

/** A repository whose clock the test moves. */
function repository() {
  const clock = { at: 1_000_000, readings: [] as [] | null };
  let reads = 0;
  const blobSha = async () => {
    reads += 1;
    return `blob-${reads}`;
  };
  const dispatcher = { blobSha, clockReadings: () => clock.readings };
  return { clock, access: { repositoryId: 1, dispatcher, now: () => clock.at } as never };
}

it.each([
  { ms: 0, head: 'blob-1' },
  { ms: HEAD_AHEAD_MS + 1_000, head: 'blob-1' },
  { ms: HEAD_AHEAD_MS + 1_001, head: undefined },
  { ms: -1, head: undefined },
])('a head that was read $ms ms ago is $head', async ({ ms, head }) => {
  const { clock, access } = repository();
  const heads = createHeadsAhead();
  await heads.read(access, PATH);
  clock.at += ms;
  expect(heads.take(access, PATH)).toBe(head);
  expect(heads.take(access, PATH)).toBeUndefined();
});

it('a head does not count once the machine’s clock was set', async () => {
  const { clock, access } = repository();
  const heads = createHeadsAhead();
  await heads.read(access, PATH);
  clock.readings = null;
  expect(heads.take(access, PATH)).toBeUndefined();
});
