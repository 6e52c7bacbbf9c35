import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReader } from '../../src/github/reader.ts';
import { API, client, NAME } from './client.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const ENVIRONMENTS = '/repos/acme/site/environments';
const SUBJECT = '/repos/acme/site/actions/oidc/customization/sub';
const reader = () => createReader(client(), NAME);

describe('environments with reviewers', () => {
  it('are read from all pages, in lower case', async () => {
    const next = `<${API}${ENVIRONMENTS}?per_page=100&page=2>; rel="next"`;
    nock(API)
      .get(ENVIRONMENTS)
      .query({ per_page: 100 })
      .reply(
        200,
        {
          total_count: 3,
          environments: [
            { name: 'Prod', protection_rules: [{ type: 'wait_timer' }, { type: 'required_reviewers' }] },
            { name: 'test', protection_rules: [{ type: 'branch_policy' }] },
          ],
        },
        { link: next },
      );
    nock(API)
      .get(ENVIRONMENTS)
      .query({ per_page: 100, page: 2 })
      .reply(200, { total_count: 3, environments: [{ name: 'plain' }] });
    expect(await reader().reviewedEnvironments?.()).toEqual(new Set(['prod']));
  });

  it.each([403, 404])('are not known where GitHub answers %i', async (status) => {
    nock(API).get(ENVIRONMENTS).query(true).reply(status, { message: 'Not Found' });
    expect(await reader().reviewedEnvironments?.()).toBeNull();
  });

  it('are asked for another time where GitHub has a limit', async () => {
    nock(API).get(ENVIRONMENTS).query(true).reply(403, {}, { 'retry-after': '7' });
    await expect(reader().reviewedEnvironments?.()).rejects.toThrow();
  });
});

describe('the claims of the OIDC subject', () => {
  it.each([
    [{ use_default: true, include_claim_keys: ['actor'] }, []],
    [{ use_default: false, include_claim_keys: ['repo', 'actor'] }, ['repo', 'actor']],
    // The organisation's template holds.
    [{ use_default: false }, null],
    [{}, null],
  ])('of %j are %j', async (template, claims) => {
    nock(API).get(SUBJECT).reply(200, template);
    expect(await reader().subjectClaims?.()).toEqual(claims);
  });

  it.each([403, 404])('are not known where GitHub answers %i', async (status) => {
    nock(API).get(SUBJECT).reply(status, { message: 'Not Found' });
    expect(await reader().subjectClaims?.()).toBeNull();
  });
});
