import { isRecord } from './jobs.ts';

/** The Action, of any account and at any commit; a fork may have a longer name. */
const ACTION = /^[\w.-]+\/[\w.-]*offbeat[\w.-]*@/i;

/**
 * Whether a workflow, given as plain values, runs Offbeat itself, as the one that `offbeat init` writes: then Offbeat
 * would have to run already to start it. Other commands of the Action, such as `check`, may be started like any step.
 */
export function runsOffbeat(workflow: unknown): boolean {
  const jobs = isRecord(workflow) && isRecord(workflow.jobs) ? Object.values(workflow.jobs) : [];
  const steps = jobs.flatMap((job) => (isRecord(job) && Array.isArray(job.steps) ? job.steps : []));
  return steps.some((step: unknown) => {
    if (!isRecord(step) || typeof step.uses !== 'string' || !ACTION.test(step.uses)) return false;
    const command = isRecord(step.with) ? step.with.command : undefined;
    return command === undefined || command === 'tune';
  });
}
