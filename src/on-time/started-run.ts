import type { Conclusion } from '../history/run.ts';

/** The newest attempt of a run, as GitHub lists it; times are epoch ms. */
export interface StartedRun {
  readonly id: number;
  readonly attempt: number;
  readonly path: string;
  readonly event: string;
  /** Login of the account that has started it. */
  readonly actor: string | null;
  readonly createdAt: number;
  readonly state: 'waiting' | 'running' | 'ended';
  readonly conclusion: Conclusion | null;
  readonly endedAt: number | null;
}

/** The account that a workflow's own token acts as. */
export const ACTIONS_LOGIN = 'github-actions[bot]';

/** Accounts of Apps end so; no person's can. */
export function isBot(login: string | null): boolean {
  return login?.endsWith('[bot]') === true;
}
