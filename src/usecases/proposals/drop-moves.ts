import { OffbeatError } from '../../errors.ts';
import type { Decision } from '../../plan/decision.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { proposedEvents } from '../../proposal/record.ts';
import type { Context } from '../context.ts';
import { withMovesOf } from '../planning/kept-moves.ts';
import type { ConnectedRepository, RepositoryState } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';
import { propose, tellRevision } from './propose.ts';
import { withdraw } from './withdraw.ts';

/** The result for a pull request that moves a workflow which is left alone now. */
export type Dropped = 'updated' | 'closed' | 'to-be-updated';

/** Takes workflows that are left alone out of the open pull request; fails its check where that waits. */
export async function dropMoves(
  context: Context,
  state: RepositoryState,
  open: Proposal,
  connected: ConnectedRepository,
): Promise<Dropped> {
  const leftAlone = new Set(state.care.leftAlone.map(({ path }) => path));
  const movesKept = open.moves.filter(({ path }) => !leftAlone.has(path));
  const done = await dropped(context, state, open, connected, movesKept);
  if (done === 'to-be-updated') await failCheck(context, state, open, connected, leftAlone);
  return done;
}

async function dropped(
  context: Context,
  state: RepositoryState,
  open: Proposal,
  connected: ConnectedRepository,
  movesKept: Proposal['moves'],
): Promise<Dropped> {
  if (open.takenOverBy !== undefined || context.emergencyStop || connected.writer === null)
    return 'to-be-updated';
  if (movesKept.length === 0) {
    const why = 'A maintainer has asked to leave what it moves where it is, and nothing else was proposed.';
    const closed = await withdraw(context, state, open, connected, { event: 'supersede', why, asked: true });
    return closed.kind === 'done' ? 'closed' : 'to-be-updated';
  }
  const carried = state.decisions.find(({ id }) => id === open.decisionId);
  if (carried === undefined) return 'to-be-updated';
  const decision: Decision = {
    ...withMovesOf(carried, movesKept),
    id: `d${state.decisions.length + 1}`,
    at: context.clock.now(),
    trigger: 'command',
  };
  const { id } = state.profile;
  const attempt = await unlessRefused(
    context,
    id,
    'proposal',
    async () => {
      const sources = await connected.reader.workflowSources();
      const config = await connected.reader.config();
      return propose(context, state, { connected, sources, decision, config });
    },
    { asked: true },
  ).catch((error: unknown) => {
    // Somebody works on its branch, a cron was edited since, or the configuration is not valid now.
    if (error instanceof OffbeatError) return { kind: 'refused' as const };
    throw error;
  });
  if (attempt.kind === 'refused') return 'to-be-updated';
  const proposal = attempt.value;
  await context.store.apply(id, {
    decisions: [decision],
    proposals: [proposal],
    auditEvents: proposedEvents(state, decision, proposal),
  });
  await tellRevision(context, id, connected, [open, proposal]);
  return 'updated';
}

/** Name of the check on a pull request that moves workflows which are left alone. */
const CHECK_NAME = 'Offbeat: left alone';

/** Fails a check of the pull request's commit, so that nobody merges a move that a maintainer did not want. */
async function failCheck(
  context: Context,
  { profile }: RepositoryState,
  proposal: Proposal,
  { reader, writer }: ConnectedRepository,
  leftAlone: ReadonlySet<string>,
): Promise<void> {
  if (writer === null || context.emergencyStop) return;
  const { pullNumber, headSha, moves } = proposal;
  const files = [...new Set(moves.map(({ path }) => path).filter((path) => leftAlone.has(path)))];
  await unlessRefused(
    context,
    profile.id,
    `check #${pullNumber}`,
    async () => {
      const pull = await reader.pull(proposal);
      await writer.check({
        name: CHECK_NAME,
        sha: pull?.headSha ?? headSha,
        passed: false,
        title: 'It moves what a maintainer has asked to leave where it is',
        summary:
          `Do not merge this as it is: ${files.map((file) => `\`${file}\``).join(', ')} shall stay. The ` +
          'pull request will be brought up to date.',
        annotations: [],
      });
    },
    { asked: true },
  );
}
