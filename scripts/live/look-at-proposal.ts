import { requestOf } from '../../src/cli/subject.ts';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { OffbeatError } from '../../src/errors.ts';
import type { Proposal } from '../../src/proposal/proposal.ts';
import { emptyRepository } from '../../src/store/kept-repository.ts';
import { newProfile } from '../../src/usecases/known-repository.ts';
import { decideByConvention } from '../../src/usecases/planning/by-convention.ts';
import { propose } from '../../src/usecases/proposals/propose.ts';
import { liveContext } from './live-context.ts';
import { type Place, refusalOf } from './place.ts';
import { PROPOSAL_BRANCH } from './sandbox.ts';
import { OWN_PATHS } from './workflows.ts';

/** Opens a pull request as a server does, for a plan that rests on no history. */
export async function lookAtProposal(place: Place, appLogin: string): Promise<void> {
  const { findings, client, name, seen } = place;
  const proposal = await proposeFrom(place, PROPOSAL_BRANCH);
  if (proposal === null) {
    findings.notSeen('proposal', 'The plan moved nothing.');
    return;
  }
  const { data } = await client.rest.pulls.get({ ...name, pull_number: proposal.pullNumber });
  const files = await client.rest.pulls.listFiles({ ...name, pull_number: proposal.pullNumber });
  const changed = files.data.map(({ filename }) => filename);
  findings.check(
    'proposal',
    data.user?.login === appLogin && changed.length > 0 && changed.every((path) => OWN_PATHS.includes(path)),
    `Pull request #${data.number} by ${data.user?.login ?? 'nobody'} changes ${changed.join(', ') || 'nothing'}.`,
  );
  const second = await refusalOf(() =>
    client.rest.pulls.create({
      ...name,
      head: PROPOSAL_BRANCH,
      base: seen.defaultBranch,
      title: 'Opened a second time on purpose',
    }),
  );
  findings.check(
    'proposal-once',
    second.status === 422 && /already exists/i.test(second.words),
    `Answered with ${second.status}. ${second.words}`,
  );
}

/** Proposes from a branch that a ruleset of the sandbox forbids; `null`: there is none. */
export async function lookAtRule(place: Place, forbidden: string | null): Promise<void> {
  const { findings } = place;
  if (forbidden === null) {
    findings.notSeen(
      'rule-refused',
      'Name a branch that a ruleset forbids with --forbidden-branch to see it.',
    );
    return;
  }
  try {
    await proposeFrom(place, forbidden);
    findings.refute('rule-refused', `The pull request from ${forbidden} was opened.`);
  } catch (error) {
    if (!(error instanceof OffbeatError) || error.code !== 'github-refused') throw error;
    findings.check('rule-refused', /rule violations/i.test(error.message), error.sentence);
  }
}

/** The configuration of proposals from a branch. Throws `config-invalid` where none may be made from it. */
export function proposalConfig(branch: string): Config {
  return parseConfig(`pull-request:\n  branch: ${JSON.stringify(branch)}\n`);
}

async function proposeFrom(place: Place, branch: string): Promise<Proposal | null> {
  const read = await place.connected.reader.workflowSources();
  const sources = { ...read, files: read.files.filter(({ path }) => OWN_PATHS.includes(path)) };
  const now = place.time.now();
  const config = proposalConfig(branch);
  const subject = { files: sources.files, config, runs: [], directory: null };
  const decision = decideByConvention(requestOf(subject, now));
  if (!decision.schedules.some(({ outcome }) => outcome === 'move')) return null;
  const state = emptyRepository(newProfile(place.seen), now);
  return propose(liveContext(place, state.profile), state, {
    connected: place.connected,
    sources,
    decision,
    config,
  });
}
