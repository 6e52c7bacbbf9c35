import { OffbeatError } from '../errors.ts';
import type { NetKind } from './dispatch-obstacles.ts';
import type { DispatchInputs } from './dispatch-worlds.ts';
import { restoreTriggers, serveTriggers } from './edit-triggers.ts';
import { withSchedule } from './kept-schedule.ts';
import { type NetTerms, type NetWorkflow, netFile, netTermsOf } from './net-file.ts';
import { isWorkflowPath, NET_PATH } from './paths.ts';
import type { TextFile } from './reached.ts';
import { readWorkflowFile } from './read.ts';

export interface WantedStart {
  readonly path: string;
  readonly mode: 'rescue' | 'punctual';
  readonly net: NetKind;
  readonly inputs: DispatchInputs;
  readonly manualServes: boolean;
}

/** What has to change in a repository so that its workflows are started as wanted. */
export interface ServedRepository {
  /** Files with new texts; every byte outside of the triggers is as it was. */
  readonly files: readonly TextFile[];
  readonly removed: readonly string[];
  /** Workflows whose own file changes, and how they are started then. */
  readonly changes: readonly {
    readonly path: string;
    readonly to: 'off' | 'rescue' | 'punctual';
    readonly net: NetKind;
  }[];
  /** What the net looks after then. */
  readonly inNet: readonly NetWorkflow[];
  /** Workflows that are left as they are, as their triggers cannot be edited for certain. */
  readonly refused: readonly { readonly path: string; readonly sentence: string }[];
}

/** Why no net is written where somebody else's workflow has its name: it would be lost. */
const FOREIGN_NET =
  `Offbeat has not written \`${NET_PATH}\`, and leaves it as it is. Rename it, or write \`net: cron\` or ` +
  '`net: none`.';

/**
 * The edits that lead from the files as they are to those workflows on time, and all others as GitHub alone starts
 * them. Where everything is as wanted, nothing changes. Throws `workflow-refused` for what the net cannot hold.
 */
export function serveRepository(
  sources: readonly TextFile[],
  wanted: readonly WantedStart[],
  terms: NetTerms,
): ServedRepository {
  const byPath = new Map(wanted.map((one) => [one.path, one]));
  const workflows = sources.filter(({ path }) => isWorkflowPath(path) && path !== NET_PATH);
  const refused: { path: string; sentence: string }[] = [];
  const present = sources.find(({ path }) => path === NET_PATH)?.text;
  const isForeign = present !== undefined && netTermsOf(present) === null;
  const edited = workflows.flatMap(({ path, text }) => {
    try {
      const one = byPath.get(path);
      if (isForeign && one !== undefined && isInNet(one))
        throw new OffbeatError('workflow-refused', FOREIGN_NET);
      const next = textFor(path, text, one);
      return next === text ? [] : [{ path, text: next }];
    } catch (error) {
      if (!(error instanceof OffbeatError)) throw error;
      refused.push({ path, sentence: error.message });
      return [];
    }
  });
  const inNet = wanted
    .filter((one) => isInNet(one) && !refused.some(({ path }) => path === one.path))
    .flatMap((one) => netWorkflow(one, workflows));
  const net = netFile(inNet, terms);
  return {
    files: net === null || net === present ? edited : [...edited, { path: NET_PATH, text: net }],
    removed: net === null && present !== undefined && !isForeign ? [NET_PATH] : [],
    changes: edited.map(({ path }) => {
      const one = byPath.get(path);
      return { path, to: one?.mode ?? 'off', net: one?.net ?? 'own' };
    }),
    inNet,
    refused,
  };
}

function isInNet({ mode, net }: WantedStart): boolean {
  return mode === 'punctual' && net === 'own';
}

function textFor(path: string, text: string, wanted: WantedStart | undefined): string {
  const restored = restoreTriggers(path, text);
  if (wanted === undefined) return restored;
  const keepsSchedule = wanted.mode === 'rescue' || wanted.net === 'cron';
  return serveTriggers(path, restored, keepsSchedule ? 'dispatch' : 'dispatch-only');
}

function netWorkflow(
  { path, inputs, manualServes }: WantedStart,
  workflows: readonly TextFile[],
): readonly NetWorkflow[] {
  const text = workflows.find((one) => one.path === path)?.text;
  if (text === undefined) return [];
  const { schedules } = readWorkflowFile(path, withSchedule(text));
  const crons = schedules.map(({ cron, timezone }) => ({ cron, timezone }));
  return [{ path, schedules: crons, inputs, manualServes }];
}
