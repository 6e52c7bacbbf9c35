import { expect, it } from 'vitest';
import { asDirectoryError } from '../../src/disk/disk-errors.ts';

it.each(['EACCES', 'EPERM', 'EROFS'])('says where and what to do when the system answers %s', (code) => {
  const refused = Object.assign(new Error('mkdir'), { code });
  expect(asDirectoryError(refused, '/data')).toMatchObject({
    code: 'env-invalid',
    sentence: expect.stringMatching(new RegExp(`^/data: Nothing can be written .*${code}.*DATA_DIR`)),
  });
});

it('leaves any other error as it is', () => {
  const other = Object.assign(new Error('link'), { code: 'ENOENT' });
  expect(asDirectoryError(other, '/data')).toBe(other);
});
