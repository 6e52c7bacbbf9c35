/**
 * What Offbeat itself costs: `npm run bench:overhead [-- REPOSITORIES WORKFLOWS_EACH RUNS]`.
 * Finished runs, spread over repositories, are learned (evolution included) and decided on as in production. Printed is
 * the share of one core at one run a second, with as many planning rounds as there then are: one a day and repository.
 */
import { observeRun } from '../src/usecases/learning/observe-run.ts';
import { planRepository } from '../src/usecases/planning/plan-repository.ts';
import { endedRun, filesOf, memoryContext, NOW, profileOf, seeded } from './doors/repositories.ts';

const REPOSITORIES = 100;
const WORKFLOWS_EACH = 10;
const RUNS = 5_000;
const RUNS_PER_SECOND = 1;
const SECONDS_PER_DAY = 86_400;
/** More than a repository has to be known before its first planning round. */
const KNOWN_FOR_DAYS = 15;
/** Before the clock runs: so many make a repository known. */
const EARLIER_RUNS_EACH = 60;

async function main(repositories: number, workflowsEach: number, runs: number): Promise<void> {
  const clock = { at: NOW, now: () => clock.at };
  const context = memoryContext(filesOf(workflowsEach), clock);
  const random = seeded(3);
  let id = 0;
  const learnOne = () => {
    id += 1;
    const workflow = Math.floor(random() * workflowsEach);
    const run = endedRun(id, workflow, clock.at - 900_000 * random(), random);
    return observeRun(context, profileOf(1 + (id % repositories)), run);
  };
  const earlier = EARLIER_RUNS_EACH * repositories;
  const stepMs = (KNOWN_FOR_DAYS * SECONDS_PER_DAY * 1_000) / earlier;
  for (let at = 0; at < earlier; at += 1) {
    clock.at += stepMs;
    await learnOne();
  }
  let learning = 0;
  for (let at = 0; at < runs; at += 1) {
    clock.at += 1_000 / RUNS_PER_SECOND;
    learning += await processorSeconds(learnOne);
  }
  let deciding = 0;
  for (let repositoryId = 1; repositoryId <= repositories; repositoryId += 1) {
    deciding += await processorSeconds(() => planRepository(context, { repositoryId, trigger: 'run' }));
  }
  const learningShare = (learning / runs) * RUNS_PER_SECOND;
  const decidingShare = deciding / SECONDS_PER_DAY;
  const share = (value: number): string => `${(100 * value).toFixed(3)} %`;
  console.log(`${repositories} repositories × ${workflowsEach} workflows, ${RUNS_PER_SECOND} run a second`);
  console.log(
    `learning  ${share(learningShare)} of a core: ${((1e6 * learning) / runs).toFixed(0)} µs a run`,
  );
  console.log(
    `deciding  ${share(decidingShare)} of a core: ${((1e3 * deciding) / repositories).toFixed(0)} ms a ` +
      'round, one a day and repository',
  );
  console.log(`together  ${share(learningShare + decidingShare)} of a core`);
}

/** Time of the processor, whatever else the machine is doing. */
async function processorSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

await main(
  Number(process.argv[2] ?? REPOSITORIES),
  Number(process.argv[3] ?? WORKFLOWS_EACH),
  Number(process.argv[4] ?? RUNS),
);
