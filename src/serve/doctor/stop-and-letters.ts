import { OffbeatError } from '../../errors.ts';
import type { DeadLetter } from '../../queue/queue.ts';
import { plainLine } from '../../render/markdown.ts';
import { instant } from '../../render/quantity.ts';
import type { Deployments } from '../../usecases/ports.ts';
import { type Finding, failure, fine, firstLineOf, skipped, warning } from './finding.ts';

/** Most code points of somebody's reason, or of that of a dead letter. */
const REASON_WIDTH = 200;

const STOPPED = 'nothing is written to GitHub, and nothing is started on time.';

/** Whether the emergency stop is on; `fixed` is that of the environment. */
export async function stopFinding(fixed: boolean, deployments: Pick<Deployments, 'load'>): Promise<Finding> {
  if (fixed) {
    return warning(
      'stop',
      `EMERGENCY_STOP is set: ${STOPPED}`,
      'Take it out of the environment and start the processes again.',
    );
  }
  try {
    const { emergencyStop: stop } = await deployments.load();
    if (stop === null) return fine('stop', 'No emergency stop is on.');
    return warning(
      'stop',
      `The emergency stop is on since ${instant(stop.at)}: ${STOPPED} Reason: “${plainLine(stop.why, REASON_WIDTH)}”`,
      'Run "offbeat flags set emergency-stop off --why …" when that is over.',
    );
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    return failure('stop', error.message, error.fix ?? 'See the server’s log.', 'stop-unreadable');
  }
}

/** Whether deliveries were given up. */
export async function letterFinding(read: () => Promise<readonly DeadLetter[]>): Promise<Finding> {
  try {
    const letters = await read();
    const newest = letters.at(-1);
    if (newest === undefined) return fine('dead letters', 'No delivery was given up.');
    const were = letters.length === 1 ? '1 delivery was' : `${letters.length} deliveries were`;
    return warning(
      'dead letters',
      `${were} given up; the newest, ${plainLine(newest.event, REASON_WIDTH)} of ${instant(newest.at)}: ` +
        plainLine(newest.reason, REASON_WIDTH),
      'Mend that; "offbeat queue redrive --all" has them handled again. On files while the server runs: POST ' +
        '/api/v1/admin/dead-letters/redrive.',
    );
  } catch (error) {
    return skipped('dead letters', `They cannot be read: ${firstLineOf(error)}`);
  }
}
