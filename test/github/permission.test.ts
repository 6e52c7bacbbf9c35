import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { permissionOf } from '../../src/github/permission.ts';
import { API, client, NAME } from './client.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const answered = (status: number, body: object) => {
  nock(API).get('/repos/acme/site/collaborators/mona/permission').reply(status, body);
  return permissionOf(client(), NAME, 'mona');
};

describe('permissionOf', () => {
  it.each(['admin', 'write', 'read', 'none'] as const)('%s is as GitHub says', async (permission) => {
    expect(await answered(200, { permission, role_name: 'custom' })).toBe(permission);
  });

  it.each([
    ['a stranger', 404, { message: 'Not Found' }],
    ['a word that is not known', 200, { permission: 'owner' }],
    ['capitals', 200, { permission: 'ADMIN' }],
  ])('%s counts as none', async (_, status, body) => {
    expect(await answered(status, body)).toBe('none');
  });

  it.each([
    [403, 'Resource not accessible by integration'],
    [403, 'This installation has been suspended'],
    [410, 'Gone'],
    [451, 'Repository access blocked'],
  ])('a refusal makes nobody a stranger, and says why: %i %s', async (status, message) => {
    await expect(answered(status, { message })).rejects.toMatchObject({
      code: 'github-refused',
      message: `${message}.`,
      where: 'what people may do',
    });
  });

  it.each([
    ['nothing', {}],
    ['an empty list', []],
    ['no word', { permission: null }],
    ['a role that stands elsewhere', { role_name: 'admin', user: { permissions: { admin: true } } }],
  ])('makes nobody a stranger where the answer holds %s', async (_, body) => {
    await expect(answered(200, body)).rejects.toMatchObject({ status: 502 });
  });

  it.each([500, 502, 401])('status %i is no answer, and is tried again', async (status) => {
    await expect(answered(status, {})).rejects.toMatchObject({ status });
  });
});
