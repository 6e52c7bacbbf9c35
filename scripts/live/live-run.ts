import { failureSentence } from '../../src/cli/failure.ts';
import type { Env } from '../../src/env.ts';
import { OffbeatError } from '../../src/errors.ts';
import type { GuardTime } from '../../src/github/guard.ts';
import { MINUTE_MS } from '../../src/time.ts';
import { openAccess } from './access.ts';
import { type Finding, Findings, plain } from './findings.ts';
import { lookAtDispatch, lookAtRefusals, lookAtWorkflow } from './look-at-dispatch.ts';
import { lookAtGroups } from './look-at-groups.ts';
import { lookAtProposal, lookAtRule, proposalConfig } from './look-at-proposal.ts';
import { lookAtTick } from './look-at-tick.ts';
import { type LiveTime, type Place, unlessAbsent } from './place.ts';
import { cleanUp, commitToDefault, hasBranch, PROPOSAL_BRANCH } from './sandbox.ts';
import { firstFiles, SHORT } from './workflows.ts';

const KNOWN_WITHIN_MS = 2 * MINUTE_MS;

export interface LiveOptions {
  readonly env: Pick<Env, 'appId' | 'privateKey' | 'secrets' | 'githubApiUrl' | 'githubTimeoutSeconds'>;
  readonly name: { readonly owner: string; readonly repo: string };
  /** A branch that a ruleset of the sandbox forbids; `null`: there is none. */
  readonly forbiddenBranch: string | null;
  /** How long GitHub's own run of the served tick is looked for. */
  readonly twinMinutes: number;
  /** Only takes away what an earlier run has left. */
  readonly onlyClean: boolean;
  readonly time: LiveTime;
  readonly guardTime?: GuardTime;
  /** Ends the run early; it cleans up all the same. */
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
}

/** What a live run has seen. Times are epoch ms. */
export interface LiveReport {
  readonly version: 1;
  readonly repository: string;
  readonly app: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly interrupted: boolean;
  readonly findings: readonly Finding[];
  /** Steps that could not be done, a sentence each. */
  readonly failures: readonly string[];
  /** What is still in the sandbox, a sentence each. */
  readonly left: readonly string[];
}

/**
 * Looks at a real GitHub through the App in a repository that is there for nothing else, and takes away what it has
 * made. Throws what `openAccess` throws, and where the sandbox cannot be prepared; a step that fails is told in the
 * report, and the next one goes on.
 */
export async function liveRun(options: LiveOptions): Promise<LiveReport> {
  const { env, name, time, stop, say, guardTime, forbiddenBranch } = options;
  const startedAt = time.now();
  const findings = new Findings();
  const failures: string[] = [];
  const open = (signal: AbortSignal) => openAccess(env, name, signal, guardTime);
  const { place, slug } = await placeOf(await open(stop), options, findings);
  if (forbiddenBranch !== null && (await hasBranch(place, forbiddenBranch))) {
    throw new OffbeatError('usage-invalid', 'This branch exists: a forbidden one does not.', {
      where: forbiddenBranch,
      fix: 'Name a branch that a ruleset of the sandbox keeps from being made.',
    });
  }
  // Throws where a proposal may not be made from it.
  if (forbiddenBranch !== null) proposalConfig(forbiddenBranch);
  const branches = [PROPOSAL_BRANCH, ...(forbiddenBranch === null ? [] : [forbiddenBranch])];
  const before = await cleanUp(place, branches);
  if (before.length > 0) throw new OffbeatError('usage-invalid', before.join(' '));
  /** Whoever has stopped the run wants this to be done all the same. */
  const cleanUpAtLast = async (): Promise<readonly string[]> => {
    try {
      const last = await placeOf(await open(new AbortController().signal), options, findings);
      return (await cleanUp(last.place, branches)).map(plain);
    } catch (error) {
      return [plain(`everything that was made. ${failureSentence(error)} Take it away later with --clean.`)];
    }
  };
  if (!options.onlyClean) {
    const appLogin = `${slug}[bot]`;
    const first = () => pushFirst(place);
    const steps: readonly (readonly [what: string, look: () => Promise<void>])[] = [
      ['two workflow files are pushed', first],
      ['a run is dispatched', () => lookAtDispatch(place, appLogin)],
      ['what is to be refused is asked for', () => lookAtRefusals(place)],
      ['a pull request is opened', () => lookAtProposal(place, appLogin)],
      ['a forbidden branch is asked for', () => lookAtRule(place, forbiddenBranch)],
      ['three runs meet in one concurrency group', () => lookAtGroups(place)],
      ['a tick is served', () => lookAtTick(place, options.twinMinutes)],
    ];
    for (const [what, look] of steps) {
      if (stop.aborted) break;
      say(`${name.owner}/${name.repo}: ${what}.`);
      try {
        await look();
      } catch (error) {
        if (!stop.aborted) failures.push(plain(`When ${what}: ${failureSentence(error)}`));
        // Without the files every answer would be one to something else.
        if (look === first) break;
      }
    }
    findings.notSeen(
      'merged-cron-actor',
      'Nobody merges here, and it takes GitHub’s scheduler: not observable.',
    );
  }
  say(`${name.owner}/${name.repo}: what was made is taken away.`);
  const left = await cleanUpAtLast();
  return {
    version: 1,
    repository: `${name.owner}/${name.repo}`,
    app: slug,
    startedAt,
    endedAt: time.now(),
    interrupted: stop.aborted,
    findings: findings.all,
    failures,
    left,
  };
}

async function placeOf(
  { github, client, slug, seen }: Awaited<ReturnType<typeof openAccess>>,
  { name, time, say }: LiveOptions,
  findings: Findings,
): Promise<{ readonly place: Place; readonly slug: string }> {
  const connected = await github.connect(seen);
  return { place: { seen, name, connected, client, time, findings, say }, slug };
}

async function pushFirst(place: Place): Promise<void> {
  const { client, name, findings, time } = place;
  const sha = await commitToDefault(place, 'Add the workflows of a live run', firstFiles(time.now()));
  const commit = await unlessAbsent(() => client.rest.repos.getCommit({ ...name, ref: sha }));
  if (commit === null) findings.confirm('push-absent', `404 for commit ${sha}, which had just been pushed.`);
  else findings.notSeen('push-absent', 'The commit could be read at once.');
  await lookAtWorkflow(place, SHORT, KNOWN_WITHIN_MS);
}
