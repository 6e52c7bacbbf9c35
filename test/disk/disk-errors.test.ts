import { expect, it } from 'vitest';
import { asDiskError } from '../../src/disk/disk-errors.ts';
import { diskProblems } from '../../src/serve/storage-conditions.ts';

it.each([
  ['ENOSPC', 'store-full', /Make room/, /make room/],
  ['EDQUOT', 'store-full', /Make room/, /make room/],
  ['EIO', 'store-failing', /how it is mounted/, /how it is mounted/],
  ['EROFS', 'store-failing', /how it is mounted/, /how it is mounted/],
  ['EACCES', 'store-forbidden', /chown/, /permissions/],
])('gives the fix and the condition that help against %s', (system, code, fix, condition) => {
  const error = asDiskError(Object.assign(new Error('write'), { code: system }), '/data/journal');
  expect(error).toMatchObject({
    code,
    message: expect.stringContaining(system),
    fix: expect.stringMatching(fix),
  });
  expect(diskProblems(error)).toEqual([expect.stringMatching(condition)]);
});

it('leaves any other error as it is', () => {
  const other = Object.assign(new Error('write'), { code: 'EBADF' });
  expect(asDiskError(other, '/data/journal')).toBe(other);
});
