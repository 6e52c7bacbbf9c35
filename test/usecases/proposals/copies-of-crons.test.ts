import { expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { copiesOfCrons } from '../../../src/usecases/proposals/copies-of-crons.ts';

const CRON = '0 2 * * *';
const REFUSED = new OffbeatError('github-refused', 'Blob is too large.');

/** A repository of these texts; counts how many blobs were read. */
function repository(texts: Readonly<Record<string, string | null>>, isWhole = true) {
  const read: string[] = [];
  return {
    read,
    listFiles: async () => ({
      files: Object.keys(texts).map((path) => ({ path, sha: path, bytes: 100 })),
      isWhole,
    }),
    async blobText(sha: string) {
      read.push(sha);
      const text = texts[sha];
      if (text === null || text === undefined) throw REFUSED;
      return text;
    },
  };
}

const look = (
  reader: Parameters<typeof copiesOfCrons>[0],
  files: { path: string; text: string }[] = [],
  refused: OffbeatError[] = [],
) =>
  copiesOfCrons(reader, { sha: 'head', files }, [CRON], (refusal) => {
    refused.push(refusal);
  });

it('names files and lines', async () => {
  const reader = repository({ 'README.md': `Nightly at\n\`${CRON}\``, 'docs/b.md': 'nothing' });
  expect(await look(reader)).toEqual({ copies: [{ path: 'README.md', line: 2, cron: CRON }], isCut: false });
});

it('reads nothing again that was read', async () => {
  const reader = repository({ 'README.md': 'old' });
  expect((await look(reader, [{ path: 'README.md', text: CRON }])).copies).toHaveLength(1);
  expect(reader.read).toEqual([]);
});

it('reads forty files at most, and says that there are more', async () => {
  const texts = Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`docs/${at}.md`, CRON]));
  const reader = repository(texts);
  const { copies, isCut } = await look(reader);
  expect([copies.length, isCut, reader.read.length]).toEqual([40, true, 40]);
});

it.each([
  ['a listing that GitHub has cut', repository({ 'README.md': CRON }, false), 1, []],
  ['a file that GitHub refuses', repository({ 'README.md': CRON, 'docs/b.md': null }), 1, [REFUSED]],
  ['a refused listing', { ...repository({}), listFiles: () => Promise.reject(REFUSED) }, 0, [REFUSED]],
])('says that something is left out by %s, and tells of refusals', async (_, reader, count, refusals) => {
  const refused: OffbeatError[] = [];
  const { copies, isCut } = await look(reader, [], refused);
  expect([copies.length, isCut]).toEqual([count, true]);
  expect(refused).toEqual(refusals);
});

it('finds nothing where no files are listed', async () => {
  expect(await look({})).toEqual({ copies: [], isCut: false });
});

it('fails where GitHub does: the round is tried again', async () => {
  const reader = { ...repository({}), listFiles: () => Promise.reject(new Error('502')) };
  await expect(look(reader)).rejects.toThrow('502');
});
