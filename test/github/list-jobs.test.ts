import nock from 'nock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listJobs } from '../../src/github/list-jobs.ts';
import { API, client, NAME } from './client.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const AT = '2026-05-01T02:00:00Z';
const LATER = '2026-05-01T02:38:00Z';
const job = (id: number, over: object = {}) => ({
  id,
  conclusion: 'success',
  name: 'build (20)',
  labels: ['ubuntu-latest'],
  created_at: AT,
  started_at: AT,
  completed_at: LATER,
  ...over,
});
const times = (id: number) => ({
  id,
  createdAt: Date.parse(AT),
  startedAt: Date.parse(AT),
  endedAt: Date.parse(LATER),
  name: 'build (20)',
  labels: ['ubuntu-latest'],
  conclusion: 'success',
});

it('lists the jobs of the attempt that have run', async () => {
  const jobs = [job(1), job(2, { conclusion: 'skipped' }), job(3, { completed_at: null }), job(4)];
  const asked = nock(API)
    .get('/repos/acme/site/actions/runs/7/attempts/2/jobs')
    .query({ per_page: 100 })
    .reply(200, { total_count: jobs.length, jobs });
  expect(await listJobs(client(), NAME, { id: 7, attempt: 2 })).toEqual([times(1), times(4)]);
  expect(asked.isDone()).toBe(true);
});

it('reads a job of which GitHub leaves out what a server may leave out', async () => {
  const jobs = [job(1, { name: null, labels: null, created_at: null, conclusion: 'a word to come' })];
  nock(API)
    .get('/repos/acme/site/actions/runs/7/attempts/2/jobs')
    .query({ per_page: 100 })
    .reply(200, { total_count: 1, jobs });
  expect(await listJobs(client(), NAME, { id: 7, attempt: 2 })).toEqual([
    { ...times(1), name: undefined, labels: undefined, conclusion: null },
  ]);
});
