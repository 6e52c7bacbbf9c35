import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../../src/plan/random.ts';
import { crowdOf } from './crowd-repositories.ts';
import { APP_LOGIN, Hub } from './hub.ts';
import { shiftedTime } from './shifted-time.ts';
import { NO_FAULTS } from './walk.ts';

/** The emulated GitHub in a process of its own: where its time is, what it has, and where it tells of runs. */
export interface GitHubOrder {
  readonly offsetMs: number;
  readonly ticks: number;
  readonly installations: number;
  readonly seed: number;
  readonly hooks: string;
}

process.on('message', ({ offsetMs, ticks, installations, seed, hooks }: GitHubOrder) => {
  const hub = new Hub(shiftedTime(offsetMs), seededRandom(seed), NO_FAULTS);
  for (const [at, { installationId, durationMs, hookMs }] of crowdOf(ticks, installations).entries()) {
    hub.add({ id: at + 1, installationId, name: `r${at + 1}`, durationMs, hookMs });
  }
  hub.onRun = ({ id }, run) => {
    const body = JSON.stringify({ id, run });
    // News that do not arrive are lost, as GitHub's may be.
    fetch(hooks, { method: 'POST', body }).catch(() => undefined);
  };
  const ask = hub.fetchAs(APP_LOGIN);
  const server = createServer((request, response) => {
    const { url = '/', method = 'GET' } = request;
    request.resume();
    ask(`https://api.test${url}`, { method })
      .then(async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(await answer.text());
      })
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
