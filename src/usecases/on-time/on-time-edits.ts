import type { OnTimeRules } from '../../config/on-time.ts';
import { firstObstacle } from '../../render/on-time-possible.ts';
import type { NetView } from '../../render/on-time-proposal.ts';
import type { DispatchObstacle } from '../../workflow/dispatch-obstacles.ts';
import { type NetTerms, netRunsPerMonth } from '../../workflow/net-file.ts';
import { NET_PATH } from '../../workflow/paths.ts';
import { type ServedRepository, serveRepository, type WantedStart } from '../../workflow/serve-repository.ts';
import type { SourceFile } from '../ports.ts';

/** A workflow that the configuration or a command wants on time. */
export interface WantedOnTime {
  readonly path: string;
  readonly rules: OnTimeRules;
  readonly obstacles: readonly DispatchObstacle[];
}

/** What a pull request changes so that workflows are started as wished. */
export interface OnTimeEdits {
  readonly served: ServedRepository;
  readonly net: NetView;
  /** Workflows that stay as they are, each with its first reason. */
  readonly leftAlone: readonly { readonly path: string; readonly reason: string }[];
}

/** The edits for the wished starts, without files in `moving`. Throws `workflow-refused` for an impossible net. */
export function onTimeEdits(
  sources: readonly SourceFile[],
  wishes: readonly WantedOnTime[],
  moving: ReadonlySet<string>,
  terms: NetTerms,
): OnTimeEdits {
  const isPossible = ({ path, obstacles }: WantedOnTime): boolean =>
    !isBlocked(obstacles) && !moving.has(path);
  const served = serveRepository(sources, wishes.filter(isPossible).map(wantedStart), terms);
  return {
    served,
    net: { runsPerMonth: netRunsPerMonth(served.inNet), isRemoved: served.removed.includes(NET_PATH) },
    leftAlone: [
      ...wishes.filter((wish) => !isPossible(wish)).map((wish) => leftAlone(wish, moving)),
      ...served.refused.map(({ path, sentence }) => ({ path, reason: sentence })),
    ],
  };
}

function wantedStart({ path, rules }: WantedOnTime): WantedStart {
  const { net, inputs, manualServes } = rules;
  const mode = rules.mode === 'rescue' ? 'rescue' : 'punctual';
  return { path, mode, net, inputs, manualServes };
}

function isBlocked(obstacles: readonly DispatchObstacle[]): boolean {
  return obstacles.some(({ kind }) => kind === 'blocking');
}

function leftAlone({ path, obstacles }: WantedOnTime, moving: ReadonlySet<string>) {
  if (moving.has(path) && !isBlocked(obstacles)) {
    return { path, reason: 'Another pull request moves its cron; one of the two at a time.' };
  }
  return { path, reason: firstObstacle({ path, obstacles: [...obstacles] }) };
}
