import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { helpLines } from '../src/operations/help.ts';
import { OPERATIONS } from '../src/operations/table.ts';
import { Decision } from '../src/plan/decision.ts';
import { Proposal, ProposedMove } from '../src/proposal/proposal.ts';
import { Verdict } from '../src/proposal/verdict/verdict.ts';
import { Watch } from '../src/proposal/watch.ts';
import { renderOnboardingPull } from '../src/render/onboarding.ts';
import { renderPullRequest } from '../src/render/pull-request.ts';
import { renderRevision } from '../src/render/revision.ts';
import { renderRollback } from '../src/render/rollback.ts';
import { renderTakenOver } from '../src/render/taken-over.ts';
import { renderVerdict } from '../src/render/verdict.ts';
import { renderWithdrawn } from '../src/render/withdrawn.ts';
import { Simulation } from '../src/simulate/compare.ts';

/*
 * Fills the examples of docs/pull-request.md with what the code writes: node scripts/pull-request-page.ts
 * The decision, the simulation and the verdicts were made by the App from a replay of the demo's daily workflows.
 */

const root = new URL('../', import.meta.url);
const PAGE = new URL('docs/pull-request.md', root);

const Measured = z.object({ verdict: Verdict, watch: Watch });
const Examples = z.object({
  pullRequest: z.object({
    decision: Decision,
    simulation: Simulation,
    mergeWindow: z.object({ from: z.number(), to: z.number() }),
    actors: z.array(z.string()),
    repositoryId: z.number(),
  }),
  merged: Proposal,
  noDifference: Measured,
  worse: Measured.extend({ revert: z.array(ProposedMove) }),
});

const NUMBER_OF_THE_REVERT = 3;
const RUNS_LEARNED = 96;

/** The App's own words by the name of their place on the page. */
function examples(): Readonly<Record<string, string>> {
  const { pullRequest, merged, noDifference, worse } = Examples.parse(
    JSON.parse(readFileSync(new URL('scripts/examples/proposal.json', root), 'utf8')),
  );
  const recentCommitTitles = ['feat: nightly packages', 'fix(ci): pin the runner', 'docs: the backup'];
  const pull = renderPullRequest({
    ...pullRequest,
    recentCommitTitles,
    commands: helpLines(OPERATIONS),
    staleComments: [{ path: '.github/workflows/morning-report.yml', line: 4, time: '04:30' }],
  });
  const onboarding = renderOnboardingPull({
    decision: pullRequest.decision,
    runsLearned: RUNS_LEARNED,
    recentCommitTitles,
  });
  const proposal = merged;
  const revert = renderRollback({
    proposal,
    moves: worse.revert,
    verdict: worse.verdict,
    askedBy: null,
    recentCommitTitles,
  });
  const [move] = merged.moves;
  if (move === undefined) throw new Error('The example moves nothing.');
  return {
    onboarding: titled(onboarding.title, onboarding.body),
    proposal: titled(pull.title, pull.body),
    commit: pull.commitMessage,
    revision: renderRevision([move], [{ ...move, to: '23 0 * * *' }], 'd2'),
    'taken-over': renderTakenOver('mona'),
    withdrawn: renderWithdrawn('Nobody has touched it for 30 days.', '…'),
    'no-difference': renderVerdict({ proposal, ...noDifference, final: true, rollbackNumber: null }),
    worse: renderVerdict({ proposal, ...worse, final: true, rollbackNumber: NUMBER_OF_THE_REVERT }),
    revert: titled(revert.title, revert.body),
  };
}

function titled(title: string, body: string): string {
  return `# ${title}\n\n${body}`;
}

/** One place of the page: the fence between two comments that name the example. */
const PLACE = /(<!-- example: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** `page` with every example as the code writes it today. Throws for a place that nothing is written for. */
export function withExamples(page: string): string {
  const texts = examples();
  return page.replace(PLACE, (_, open: string, name: string, close: string) => {
    const text = texts[name];
    if (text === undefined) throw new Error(`There is no example "${name}".`);
    // The body has fences of its own.
    return `${open}\`\`\`\`\`markdown\n${text}\n\`\`\`\`\`\n${close}`;
  });
}

/** The page as it stands. */
export function pullRequestPage(): string {
  return readFileSync(PAGE, 'utf8');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, withExamples(pullRequestPage()));
