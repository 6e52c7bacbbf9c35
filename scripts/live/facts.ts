/** Something that is believed of GitHub, and that a run against a real one can see. */
export interface Fact {
  readonly id: string;
  readonly sentence: string;
}

/**
 * What the code relies on, in the order in which it is looked at. Where a sentence says "may", seeing it once confirms
 * it, and not seeing it says nothing.
 */
export const FACTS = [
  { id: 'push-absent', sentence: 'For some seconds after a push, a 404 may come for the commit.' },
  { id: 'workflow-listed', sentence: 'A pushed workflow file is active within two minutes.' },
  {
    id: 'dispatch-details',
    sentence: 'A dispatch with return_run_details is answered with 200 and the id of the run.',
  },
  {
    id: 'created-early',
    sentence: 'The created_at of a dispatched run may be earlier than the answer to the request.',
  },
  { id: 'list-lag', sentence: 'A run that can be read by its id may be missing from lists for a while.' },
  {
    id: 'dispatch-actor',
    sentence: 'The actor of a dispatched run is the App; its event is workflow_dispatch, attempt 1.',
  },
  {
    id: 'job-times',
    sentence: 'The jobs of attempt 1 have started_at and completed_at when the run has ended.',
  },
  { id: 'cancel-ended', sentence: 'To cancel a run that has ended is refused with 409.' },
  {
    id: 'input-refused',
    sentence: 'An unknown input is refused with 422 and the words "Unexpected inputs provided".',
  },
  {
    id: 'ref-refused',
    sentence: 'A ref that does not exist is refused with 422 and the words "No ref found for".',
  },
  { id: 'file-absent', sentence: 'A workflow file that is not on the default branch is refused with 404.' },
  { id: 'commit-refused', sentence: 'A branch at a commit that does not exist is refused with 422.' },
  {
    id: 'rule-refused',
    sentence:
      'A branch that a ruleset forbids is refused with 422 and the words "Repository rule violations found".',
  },
  {
    id: 'proposal',
    sentence: 'The App may push a changed workflow file to a branch, and is the author of its pull request.',
  },
  { id: 'proposal-once', sentence: 'A second pull request from the same branch is refused with 422.' },
  {
    id: 'pending-replaced',
    sentence: 'In a concurrency group, a newer run replaces the one that is pending.',
  },
  { id: 'cancel-accepted', sentence: 'To cancel a run that has not ended is answered with 202.' },
  { id: 'tick-on-time', sentence: 'A run that is dispatched at its tick is created within a minute.' },
  {
    id: 'twin-cancelled',
    sentence: 'GitHub’s own run of a served tick can be cancelled before its first step.',
  },
  {
    id: 'merged-cron-actor',
    sentence: 'Who is the actor of a run whose cron the App’s merged pull request wrote.',
  },
] as const satisfies readonly Fact[];

export type FactId = (typeof FACTS)[number]['id'];
