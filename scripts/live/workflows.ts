import { HOUR_MS, MINUTE_MS } from '../../src/time.ts';

/** The first line of each file that is made here. Nothing without it is ever changed or removed. */
export const MARK = '# Made by "npm run live" of Offbeat, which removes it at its end.';

export const SHORT = '.github/workflows/offbeat-live-short.yml';
export const GROUP = '.github/workflows/offbeat-live-group.yml';
export const TICK = '.github/workflows/offbeat-live-tick.yml';
export const OWN_PATHS: readonly string[] = [SHORT, GROUP, TICK];

/** A run of the group has to last while two others are started. */
const GROUP_SECONDS = 90;
/** GitHub's own scheduler shall not come for the first two files while they stand. */
const FAR_AWAY_MS = 12 * HOUR_MS;

/** A workflow of one job that checks nothing out and reads no secret. */
function workflowText(name: string, cron: string, seconds: number, more = ''): string {
  return `${MARK}
name: '${name}'
on:
  schedule:
    - cron: '${cron}'
  workflow_dispatch:
    inputs:
      note:
        description: Told to nobody
        required: false
permissions: {}
${more}jobs:
  wait:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - run: sleep ${seconds}
`;
}

/** The two scheduled workflows that the sandbox gets first, at a full hour far from `now` (epoch ms). */
export function firstFiles(now: number): readonly { readonly path: string; readonly text: string }[] {
  const hour = new Date(now + FAR_AWAY_MS).getUTCHours();
  return [
    { path: SHORT, text: workflowText('Offbeat live: short', `0 ${hour} * * *`, 5) },
    {
      path: GROUP,
      text: workflowText(
        'Offbeat live: group',
        `30 ${hour} * * *`,
        GROUP_SECONDS,
        'concurrency: offbeat-live\n',
      ),
    },
  ];
}

/** The workflow whose tick (epoch ms, at a full minute) is served; it ticks once a day. */
export function tickFile(tick: number): { readonly path: string; readonly text: string } {
  const at = new Date(tick);
  const cron = `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
  return { path: TICK, text: workflowText('Offbeat live: tick', cron, 5) };
}

/** The first full minute that is at least `ms` after `now`. */
export function fullMinuteAfter(now: number, ms: number): number {
  return Math.ceil((now + ms) / MINUTE_MS) * MINUTE_MS;
}
