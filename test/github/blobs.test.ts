import { expect, it } from 'vitest';
import { BlobCache, blobSha } from '../../src/github/blobs.ts';

it('takes no text from the state branch that is not what its hash says', async () => {
  const text = 'on: push\n';
  const sha = blobSha(text);
  const blobs = new BlobCache();
  blobs.add({ [sha]: 'on: push # and more\n', [blobSha('a')]: 'a' });
  expect(await blobs.get(sha, async () => text)).toBe(text);
  expect(Object.values(blobs.kept()).toSorted()).toEqual(['a', text]);
});
