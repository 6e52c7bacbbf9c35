import { MINUTE_MS } from '../../src/time.ts';
import { dispatcherOf } from './look-at-dispatch.ts';
import { endedRun, type Place, refusalOf, runOf, until } from './place.ts';
import { GROUP } from './workflows.ts';

const RUN_COMES_WITHIN_MS = 2 * MINUTE_MS;
const RUN_ENDS_WITHIN_MS = 5 * MINUTE_MS;

/** Starts three runs of one concurrency group, and cancels what is left of them. */
export async function lookAtGroups(place: Place): Promise<void> {
  const { findings, client, name } = place;
  const first = await startInGroup(place);
  const second = await startInGroup(place);
  const third = await startInGroup(place);
  if (first === null || second === null || third === null) {
    findings.notSeen('pending-replaced', 'Not all three runs were started, or their ids were not told.');
    return;
  }
  const replaced = await endedRun(place, second, RUN_ENDS_WITHIN_MS);
  const newest = await runOf(place, third);
  const isSeen = replaced.conclusion === 'cancelled' && newest !== null;
  findings.check(
    'pending-replaced',
    isSeen,
    `The second of three runs ended with ${replaced.conclusion}; the third is ${newest?.status ?? 'absent'}.`,
  );
  // The newest first: else it would begin where the first one ends.
  const answers = [];
  for (const id of [third, first]) {
    const run = await runOf(place, id);
    if (run?.status === 'completed') continue;
    const { status, words } = await refusalOf(() =>
      client.rest.actions.cancelWorkflowRun({ ...name, run_id: id }),
    );
    answers.push(`${status} ${words}`.trim());
  }
  if (answers.length === 0) findings.notSeen('cancel-accepted', 'Both runs had ended before.');
  else
    findings.check(
      'cancel-accepted',
      answers.every((answer) => answer === '202'),
      `Answered with ${answers.join(' and ')}.`,
    );
  for (const id of [third, first]) await endedRun(place, id, RUN_ENDS_WITHIN_MS);
}

/** The id of a run that exists; `null` where GitHub has told none. */
async function startInGroup(place: Place): Promise<number | null> {
  const { runId } = await dispatcherOf(place).dispatch({
    path: GROUP,
    ref: place.seen.defaultBranch,
    inputs: {},
    withDetails: true,
  });
  if (runId === null) return null;
  return (await until(place, `Run ${runId}`, RUN_COMES_WITHIN_MS, () => runOf(place, runId))).id;
}
