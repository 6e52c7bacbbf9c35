import type { Deployment } from '../proposal/deployment.ts';
import { breachOf } from '../proposal/rollout.ts';
import { plainLine } from './markdown.ts';
import { instant } from './quantity.ts';
import { renderTable } from './table.ts';

/** What the operator has decided, for a terminal. */
export function renderDeployment({ emergencyStop, rollouts }: Deployment): string {
  const stop =
    emergencyStop === null
      ? 'Emergency stop: off.'
      : `Emergency stop: ON since ${instant(emergencyStop.at)}. ${plainLine(emergencyStop.why, 200)} Nothing is written to GitHub.`;
  if (rollouts.length === 0)
    return `${stop}\nNothing is being rolled out: everything reaches every repository.`;
  const table = renderTable(
    [
      { head: 'Rollout' },
      { head: 'Reaches', align: 'right' },
      { head: 'Stage since' },
      { head: 'Rounds', align: 'right' },
      { head: 'Failed', align: 'right' },
      { head: 'Measured', align: 'right' },
      { head: 'Harm', align: 'right' },
    ],
    rollouts.map(({ name, percent, stageAt, rounds, failedRounds, harms }) => [
      name,
      `${percent} %`,
      instant(stageAt),
      String(rounds),
      String(failedRounds),
      String(harms.length),
      String(harms.filter(Boolean).length),
    ]),
  );
  const notes = rollouts.flatMap((rollout) => {
    const breach = breachOf(rollout);
    const last = rollout.log.at(-1);
    return [
      ...(last === undefined ? [] : [`${rollout.name}: ${plainLine(last.what, 200)} (${instant(last.at)})`]),
      ...(breach === null ? [] : [`${rollout.name}: ${breach}`]),
    ];
  });
  return [stop, '', table, '', ...notes].join('\n');
}
