import { compareOutcomes, comparisonSentence } from '../proposal/comparison.ts';
import type { Deployment } from '../proposal/deployment.ts';
import { breachOf } from '../proposal/rollout.ts';
import { type Document, numeric, numerics, table, together } from './document.ts';
import { name } from './inline.ts';
import { plainLine } from './markdown.ts';
import { instant } from './quantity.ts';

/** Most code points of a reason. */
const REASON_WIDTH = 200;

/** What the operator decided: the stop, how far rollouts came, and what comparisons say by `now` (epoch ms). */
export function renderDeployment({ emergencyStop, rollouts }: Deployment, now: number): Document {
  const stop =
    emergencyStop === null
      ? 'Emergency stop: off.'
      : `Emergency stop: ON since ${instant(emergencyStop.at)}, nothing is written to GitHub. ` +
        `Reason: “${plainLine(emergencyStop.why, REASON_WIDTH)}”`;
  if (rollouts.length === 0) {
    return [together(stop, 'Nothing is being rolled out: everything reaches every repository.')];
  }
  return [
    stop,
    table(
      ['Rollout', numeric('Reaches'), 'Stage since', ...numerics('Rounds', 'Failed', 'Measured', 'Harm')],
      rollouts.map((rollout) => [
        name(rollout.name),
        `${rollout.percent} %`,
        instant(rollout.stageAt),
        rollout.rounds,
        rollout.failedRounds,
        rollout.harms.length,
        rollout.harms.filter(Boolean).length,
      ]),
    ),
    together(
      ...rollouts.flatMap((rollout) => {
        const breach = breachOf(rollout, now);
        const compared = rollout.outcomes;
        const found =
          compared === undefined || breach !== null
            ? []
            : [comparisonSentence(compareOutcomes(compared, now))];
        const last = rollout.log.at(-1);
        const newest =
          last === undefined ? [] : [`${plainLine(last.what, REASON_WIDTH)} (${instant(last.at)})`];
        return [...newest, ...found, ...(breach === null ? [] : [breach])].map(
          (line) => `${rollout.name}: ${line}`,
        );
      }),
    ),
  ];
}
