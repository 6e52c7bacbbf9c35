import { expect, it } from 'vitest';
import { withApp } from './harness.ts';
import { silenceAlarms } from './silence-alarms.ts';
import { alarmsOf, DAILY_WORKFLOWS } from './story.ts';

/** Weeks are lived here. */
const SLOWEST_MS = 300_000;

it('raises alarms of silence for ticks that GitHub dropped, and no other ones', {
  timeout: SLOWEST_MS,
}, async () => {
  await withApp({ workflows: DAILY_WORKFLOWS }, async (app) => {
    await app.live(20);
    // The nightly build has no runs any more.
    await app.live(6, { fromDay: 20, workflows: DAILY_WORKFLOWS.slice(1) });
    expect(silenceAlarms(app.emulated, await alarmsOf(app))).toEqual([
      { file: 'e2e.yml', tick: '2026-06-13 01:00', isFalse: false },
      { file: 'nightly-build.yml', tick: '2026-06-21 00:00', isFalse: false },
    ]);
  });
});
