import { OffbeatError } from '../../src/errors.ts';
import { type DispatchAnswer, meaningOf } from '../../src/on-time/answer.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import type { RunDispatcher } from '../../src/usecases/ports.ts';
import type { FactId } from './facts.ts';
import { endedRun, fileName, type Place, refusalOf, runOf, stamp, unlessAbsent, until } from './place.ts';
import { SHORT } from './workflows.ts';

/** GitHub's documentation names no time; the products that dispatch wait this long at most. */
const RUN_COMES_WITHIN_MS = 2 * MINUTE_MS;
/** Runners of free accounts may be scarce. */
const RUN_ENDS_WITHIN_MS = 10 * MINUTE_MS;
const LISTED_WITHIN_MS = 2 * MINUTE_MS;
const BRANCH_OF_NOWHERE = 'offbeat-live/no-such-branch';
const COMMIT_OF_NOWHERE = 'f'.repeat(40);

/** The product's dispatcher. Throws where this door has none. */
export function dispatcherOf({ connected }: Pick<Place, 'connected'>): RunDispatcher {
  const { dispatcher } = connected;
  if (dispatcher == null) throw new OffbeatError('permission-missing', 'This door starts no workflows.');
  return dispatcher;
}

/** Starts one run by the product's dispatcher and follows it to its end. */
export async function lookAtDispatch(place: Place, appLogin: string): Promise<void> {
  const { findings, time, seen, client, name } = place;
  const ask = { path: SHORT, ref: seen.defaultBranch, inputs: {}, withDetails: true };
  const { status, message, runId } = await dispatcherOf(place).dispatch(ask);
  const answeredAt = time.now();
  if (status === null || !(status < 300 || status === 400)) {
    throw new OffbeatError(
      'github-refused',
      `The dispatch was not taken: ${status ?? 'no answer'}. ${message}`,
    );
  }
  findings.check(
    'dispatch-details',
    status === 200 && runId !== null,
    `Answered with ${status ?? 'nothing'}${runId === null ? ', no id' : `, run ${runId}`}. ${message}`,
  );
  if (runId === null) return;
  const run = await until(place, `Run ${runId}`, RUN_COMES_WITHIN_MS, () => runOf(place, runId));
  const isListed = async (): Promise<boolean> => {
    const { data } = await client.rest.actions.listWorkflowRuns({
      ...name,
      workflow_id: fileName(SHORT),
      per_page: 30,
    });
    return data.workflow_runs.some(({ id }) => id === runId);
  };
  const readAt = time.now();
  if (await isListed()) findings.notSeen('list-lag', 'The list had the run as soon as its id could be read.');
  else {
    await until(place, `Run ${runId} in the list`, LISTED_WITHIN_MS, async () => (await isListed()) || null);
    const lagSeconds = Math.round((time.now() - readAt) / SECOND_MS);
    findings.confirm('list-lag', `The list had the run ${lagSeconds} s later.`);
  }
  const told = `created_at ${stamp(run.created_at)}, answered ${stamp(answeredAt)} by the clock of this machine.`;
  if (run.created_at < Math.floor(answeredAt / SECOND_MS) * SECOND_MS)
    findings.confirm('created-early', told);
  else findings.notSeen('created-early', told);
  findings.check(
    'dispatch-actor',
    run.actor?.login === appLogin && run.event === 'workflow_dispatch' && run.run_attempt === 1,
    `actor ${run.actor?.login ?? 'null'}, event ${run.event}, attempt ${run.run_attempt}.`,
  );
  place.say(`Run ${runId} is followed to its end.`);
  const ended = await endedRun(place, runId, RUN_ENDS_WITHIN_MS);
  const jobs = (await place.connected.reader.jobs?.({ id: runId, attempt: 1 })) ?? [];
  const [job] = jobs;
  findings.check(
    'job-times',
    job !== undefined,
    job === undefined
      ? `The run ended with ${ended.conclusion}; no job with both times is listed.`
      : `The run ended with ${ended.conclusion}; its job took ` +
          `${Math.round((job.endedAt - job.startedAt) / SECOND_MS)} s.`,
  );
  const cancelled = await refusalOf(() => client.rest.actions.cancelWorkflowRun({ ...name, run_id: runId }));
  findings.check(
    'cancel-ended',
    cancelled.status === 409,
    `Answered with ${cancelled.status}. ${cancelled.words}`,
  );
}

/** Asks for what GitHub has to refuse. */
export async function lookAtRefusals(place: Place): Promise<void> {
  const { findings, seen, client, name } = place;
  const dispatcher = dispatcherOf(place);
  const ask = { path: SHORT, ref: seen.defaultBranch, inputs: {}, withDetails: true };
  const input = await dispatcher.dispatch({ ...ask, inputs: { 'no-such-input': 'yes' } });
  checkRefusal(place, 'input-refused', input, 422, /unexpected inputs provided/i);
  const ref = await dispatcher.dispatch({ ...ask, ref: BRANCH_OF_NOWHERE });
  checkRefusal(place, 'ref-refused', ref, 422, /no ref found for/i);
  const file = await dispatcher.dispatch({ ...ask, path: '.github/workflows/offbeat-live-none.yml' });
  checkRefusal(place, 'file-absent', file, 404, /^/);
  const branch = await refusalOf(() =>
    client.rest.git.createRef({ ...name, ref: `refs/heads/${BRANCH_OF_NOWHERE}`, sha: COMMIT_OF_NOWHERE }),
  );
  findings.check('commit-refused', branch.status === 422, `Answered with ${branch.status}. ${branch.words}`);
}

/** An outage, a limit or a missing permission says nothing of what was asked for. */
const SAYS_NOTHING: ReadonlySet<number> = new Set([401, 403, 408, 429]);

function checkRefusal(
  { findings }: Place,
  id: FactId,
  answer: DispatchAnswer,
  status: number,
  words: RegExp,
): void {
  const meaning = meaningOf(answer);
  const taken = meaning.kind === 'refused' ? `refused, ${meaning.why}` : meaning.kind;
  const told = `Answered with ${answer.status ?? 'nothing'}, which Offbeat takes for "${taken}". ${answer.message}`;
  if (answer.status === null || answer.status >= 500 || SAYS_NOTHING.has(answer.status))
    findings.notSeen(id, told);
  else findings.check(id, answer.status === status && words.test(answer.message), told);
}

/** Waits until GitHub runs a workflow file that was pushed just before. */
export async function lookAtWorkflow(place: Place, path: string, limitMs: number): Promise<void> {
  const { client, name, findings, time } = place;
  const pushedAt = time.now();
  await until(place, `Workflow ${path}`, limitMs, async () => {
    const found = await unlessAbsent(() =>
      client.rest.actions.getWorkflow({ ...name, workflow_id: fileName(path) }),
    );
    return found?.data.state === 'active' ? found.data : null;
  });
  findings.confirm('workflow-listed', `Active after ${Math.round((time.now() - pushedAt) / SECOND_MS)} s.`);
}
