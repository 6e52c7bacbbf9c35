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
    ['an endpoint that the App may not ask', 403, { message: 'Resource not accessible by integration' }],
    ['a word that is not known', 200, { permission: 'owner' }],
    ['capitals', 200, { permission: 'ADMIN' }],
    ['no word', 200, {}],
    ['a role that stands elsewhere', 200, { role_name: 'admin', user: { permissions: { admin: true } } }],
  ])('%s counts as none', async (_, status, body) => {
    expect(await answered(status, body)).toBe('none');
  });

  it.each([500, 502, 401])('status %i is no answer, and is tried again', async (status) => {
    await expect(answered(status, {})).rejects.toMatchObject({ status });
  });
});
