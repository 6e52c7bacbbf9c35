import nock from 'nock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { redeliverMissed } from '../../src/github/redeliver-missed.ts';
import { API, client } from './client.ts';

let asked: string[];

beforeEach(() => {
  nock.disableNetConnect();
  asked = [];
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

/** Deliveries as GitHub lists them, newest first: guid and status. */
function deliveries(...listed: readonly (readonly [guid: string, status: number])[]): void {
  nock(API)
    .get('/app/hook/deliveries')
    .query({ per_page: 100 })
    .reply(
      200,
      listed.map(([guid, status_code], place) => ({
        id: 100 - place,
        guid,
        status_code,
        delivered_at: new Date((100 - place) * 1_000).toISOString(),
      })),
    );
  nock(API)
    .post(/^\/app\/hook\/deliveries\/\d+\/attempts$/, () => true)
    .times(listed.length)
    .reply(202, (request: Request) => {
      asked.push(new URL(request.url).pathname);
      return {};
    });
}

it('asks again, oldest first, for what nobody took, and for nothing that arrived or was refused', async () => {
  deliveries(['a', 502], ['b', 200], ['c', 401], ['d', 413], ['e', 0], ['b', 502]);
  expect(await redeliverMissed(client())).toBe(2);
  expect(asked).toEqual(['/app/hook/deliveries/96/attempts', '/app/hook/deliveries/100/attempts']);
});

it('asks with the newest attempt, and gives up after five', async () => {
  deliveries(['a', 500], ['b', 500], ['b', 0], ...Array.from({ length: 4 }, () => ['a', 503] as const));
  expect(await redeliverMissed(client())).toBe(1);
  expect(asked).toEqual(['/app/hook/deliveries/99/attempts']);
});

it('asks for nothing where all arrived', async () => {
  deliveries(['a', 202], ['b', 202]);
  expect(await redeliverMissed(client())).toBe(0);
  expect(asked).toEqual([]);
});

it('asks again for what arrived while records were written that are damaged now, and is not known', async () => {
  deliveries(['a', 202], ['b', 202], ['c', 202], ['d', 202]);
  const lost = { spans: [{ from: 98_000, to: 99_500 }], knows: (guid: string) => guid === 'b' };
  expect(await redeliverMissed(client(), lost)).toBe(1);
  expect(asked).toEqual(['/app/hook/deliveries/98/attempts']);
});
