import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import type { DispatchAnswer } from '../on-time/answer.ts';
import type { DispatchRequest, RunDispatcher } from '../usecases/ports.ts';
import { type Absences, createAbsences } from './absences.ts';
import { classifyAnswer } from './classify-answer.ts';
import { type GitHubClient, PER_PAGE, type RepositoryName, statusOf } from './client.ts';
import { type ClockReadings, createClockReadings } from './clock-readings.ts';
import { listStartedRuns } from './list-started-runs.ts';
import { confirmedContentsAt } from './look-again.ts';
import { sayingRunRefusals } from './saying-refusals.ts';

/** A request that the queue of jobs may not repeat: it starts a run each time. */
const ASKED_ONCE = { request: { retries: 0 } } as const;

/** GitHub's answer since February 2026 where the id was asked for. */
const DispatchDetails = z.object({ workflow_run_id: z.number().int() });

const Step = z.object({ status: z.string() });
const Job = z.object({ steps: z.array(Step).optional() });

/** Starts, follows and cancels runs of one repository as an installation. */
export function createDispatcher(
  client: GitHubClient,
  name: RepositoryName,
  readings: Pick<ClockReadings, 'newest'> = createClockReadings(),
  absences: Absences = createAbsences(),
  now: () => number = Date.now,
): RunDispatcher {
  return sayingRunRefusals({
    dispatch: (ask) => dispatch(client, name, ask, now),
    startedRuns: (since) => listStartedRuns(client, name, since),
    async hasBegun(runId) {
      const pages = client.paginate.iterator(client.rest.actions.listJobsForWorkflowRun, {
        ...name,
        run_id: runId,
        per_page: PER_PAGE,
      });
      for await (const { data } of pages) if (data.some(hasBegun)) return true;
      return false;
    },
    async cancel(runId) {
      try {
        await client.rest.actions.cancelWorkflowRun({ ...name, run_id: runId });
      } catch (error) {
        // It has ended: GitHub says 409 then, and has been seen to say 500.
        if (statusOf(error) !== 409 && statusOf(error) !== 500) throw error;
      }
    },
    async blobSha(path, ref) {
      const data = await confirmedContentsAt({ client, name, absences }, path, ref);
      return data === null || Array.isArray(data) ? null : data.sha;
    },
    clockReadings: () => readings.newest(),
  });
}

async function dispatch(
  client: GitHubClient,
  name: RepositoryName,
  { path, ref, inputs, withDetails }: DispatchRequest,
  now: () => number,
): Promise<DispatchAnswer> {
  try {
    const answer = await client.rest.actions.createWorkflowDispatch({
      ...name,
      ...ASKED_ONCE,
      workflow_id: path.slice(path.lastIndexOf('/') + 1),
      ref,
      ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
      ...(withDetails ? { return_run_details: true } : {}),
    });
    return {
      sent: true,
      status: answer.status,
      message: '',
      runId: runIdOf(answer.data),
      retryAfterMs: null,
    };
  } catch (error) {
    return failedAnswer(error, now());
  }
}

function runIdOf(data: unknown): number | null {
  const details = DispatchDetails.safeParse(data);
  return details.success ? details.data.workflow_run_id : null;
}

/** What a failure says of the request. The guard fails without sending while it waits after GitHub's limits. */
function failedAnswer(error: unknown, now: number): DispatchAnswer {
  const none = { sent: true, status: null, message: '', runId: null, retryAfterMs: null } as const;
  if (error instanceof OffbeatError) {
    const { retryAfterMs = null, cause } = error;
    const status = statusOf(cause) ?? null;
    // GitHub's own words for a permission that is missing tell it from other refusals with this status.
    const isMissing = error.code === 'permission-missing' && cause instanceof Error;
    const message = isMissing ? cause.message : error.message;
    // What has a status was answered, or cut off: it may have been carried out.
    return { ...none, sent: status !== null, status, message, retryAfterMs };
  }
  const status = statusOf(error);
  if (status === undefined) return none;
  const meaning = classifyAnswer(error, now);
  return {
    ...none,
    status,
    message: meaning.kind === 'refused' ? meaning.sentence : error instanceof Error ? error.message : '',
    retryAfterMs: meaning.kind === 'again-later' ? meaning.waitMs : null,
  };
}

function hasBegun(job: unknown): boolean {
  const { success, data } = Job.safeParse(job);
  // What cannot be read may have begun.
  return !success || (data.steps ?? []).some(({ status }) => status !== 'queued' && status !== 'pending');
}
