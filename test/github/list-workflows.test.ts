import nock from 'nock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listWorkflows } from '../../src/github/list-workflows.ts';
import { API, client, NAME } from './client.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

it('lists workflows with the page where a person enables them, in one request', async () => {
  const path = '.github/workflows/nightly.yml';
  const workflow = {
    path,
    state: 'disabled_inactivity',
    html_url: `https://ghe.example/acme/site/blob/main/${path}`,
  };
  const asked = nock(API)
    .get('/repos/acme/site/actions/workflows')
    .query({ per_page: 100 })
    .reply(200, { total_count: 2, workflows: [workflow, { path: 'dynamic/pages', state: 'active' }] });
  const page = 'https://ghe.example/acme/site/actions/workflows/nightly.yml';
  expect(await listWorkflows(client(), NAME)).toEqual([{ path, state: 'disabled_inactivity', page }]);
  expect(asked.isDone()).toBe(true);
});
