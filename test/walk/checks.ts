import { isDeepStrictEqual } from 'node:util';
import { HOUR_MS } from '../../src/time.ts';
import type { RunningApp } from '../e2e/harness.ts';
import { firstDifference } from '../first-difference.ts';
import { isRefusal } from './answers.ts';
import type { Remains, RepositoryRemains } from './remains.ts';
import type { Troubled } from './walk.ts';
import { sentenceOf } from './walk.ts';
import { askApi, COMMENTED_AT, CONFIG_BROKEN } from './world.ts';

/** Sentences on what was refused and is named nowhere. */
export async function checkRefusals(
  app: RunningApp,
  troubled: readonly Troubled[],
): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { fullName } of app.emulated.repositories) {
    const refused = new Map(
      troubled
        .filter(
          ({ trouble, operation, path }) =>
            trouble.answer.means === 'refused for good' &&
            isRefusal(trouble.answer, operation) &&
            path.startsWith(`/repos/${fullName}/`),
        )
        .map((one) => [`${one.trouble.number} ${one.operation}`, one]),
    );
    if (refused.size === 0) continue;
    const health = JSON.stringify(await askApi(app, `/repositories/${fullName}/health`));
    const report = JSON.stringify(await askApi(app, `/repositories/${fullName}/report`));
    for (const { trouble, operation, at } of refused.values()) {
      const named = [sentenceOf(trouble), 'The App may not'];
      for (const [door, text] of [
        ['/health', health],
        ['/report', report],
      ] as const) {
        if (!named.some((words) => text.includes(words)))
          broken.push(
            `${new Date(at).toISOString()} ${operation} was refused in ${fullName} (trouble ` +
              `${trouble.number}), which ${door} does not name`,
          );
      }
    }
  }
  return broken;
}

/** A sentence where a run that has just ended is not learned although GitHub troubles somebody else alone. */
export async function checkPromptness(
  app: RunningApp,
  { id, fullName }: { readonly id: number; readonly fullName: string },
): Promise<readonly string[]> {
  const { data } = await askApi(app, `/repositories/${fullName}/history?perPage=100`);
  return JSON.stringify(data).includes(String(id))
    ? []
    : [`Run ${id} of ${fullName} waits for a job of somebody else, which GitHub holds up.`];
}

/** Sentences on what differs from a walk without troubles, or is there twice. */
export function checkAtEnd(found: Remains, usual: Remains, troubled: readonly Troubled[]): readonly string[] {
  return [
    ...found.deadLetters.map((letter) => `A dead letter is left: ${letter}`),
    ...[...usual.repositories].flatMap(([name, expected]) => {
      const remains = found.repositories.get(name);
      if (remains === undefined) return [`${name} is not known any more.`];
      return [
        ...differences(remains, expected, mayLackNotice(name, troubled)),
        ...unanswered(remains, expected, refusedIn(name, troubled)),
        ...twice(remains),
      ].map((what) => `${name}: ${what}`);
    }),
  ];
}

/** When GitHub has refused a request of a repository for good, or a token, epoch ms. */
function refusedIn(fullName: string, troubled: readonly Troubled[]): readonly number[] {
  return troubled
    .filter(
      ({ trouble, operation, path }) =>
        isRefusal(trouble.answer, operation) &&
        (path.startsWith(`/repos/${fullName}/`) || path.endsWith('/access_tokens')),
    )
    .map(({ at }) => at);
}

/** Of a configuration that was mended before a refused notice was due again nobody needs to be told. */
const CONFIG_NOTICE = 'Offbeat cannot read its configuration';

function mayLackNotice(fullName: string, troubled: readonly Troubled[]): boolean {
  const isThen = (at: number): boolean => at >= CONFIG_BROKEN.from && at < CONFIG_BROKEN.to;
  return refusedIn(fullName, troubled).some(isThen);
}

/**
 * Forecasts of a schedule also rest on what other repositories have learned by then, so their last digits hang on who
 * was delayed: what they were learned from has to be the same.
 */
function differences(
  found: RepositoryRemains,
  expected: RepositoryRemains,
  lacksNotice: boolean,
): readonly string[] {
  const parts = ({ state, pulls, issues, ahead }: RepositoryRemains): Record<string, unknown> => ({
    // What was forecast of a run hangs on which others were known when it came: late deliveries change it.
    runs: [...state.runs].map(({ predictedSeconds: _, ...run }) => run),
    'runs learned': state.population.runsLearned,
    'schedules learned': Object.keys(state.learned.schedules).sort(),
    'schedules in force': state.scheduleVersions.at(-1)?.entries,
    'time that nobody watched': state.care.unwatched,
    'open pull requests': pulls.filter((pull) => pull.state === 'open').length,
    'known proposals': state.proposals.length,
    'pull requests': pulls.length,
    issues: issues.filter((title) => !lacksNotice || title !== CONFIG_NOTICE).sort(),
    'commits of the branch': ahead,
  });
  const [left, right] = [parts(found), parts(expected)];
  return Object.keys(right)
    .filter((name) => !isDeepStrictEqual(left[name], right[name]))
    .map((name) => `${name} differ: ${firstDifference(left[name], right[name])}`);
}

/** Limits and outages of a walk last two hours at most, and the pause after them another one. */
const HANDLED_WITHIN_MS = 4 * HOUR_MS;

/**
 * A command stays without its answer, or a stranger without a reaction, only where GitHub has refused something that is
 * asked on the way to it: that ends the event.
 */
function unanswered(
  found: RepositoryRemains,
  expected: RepositoryRemains,
  refusedAt: readonly number[],
): readonly string[] {
  const refused = COMMENTED_AT.filter((since) =>
    refusedAt.some((at) => at >= since && at < since + HANDLED_WITHIN_MS),
  ).length;
  const missing = answeredBy(expected) - answeredBy(found);
  return missing <= refused
    ? []
    : [`${missing} commands got no answer, of which GitHub has refused at most ${refused}`];
}

function answeredBy({ comments, reactions }: RepositoryRemains): number {
  return answersIn(comments).length + reactions.length;
}

function answersIn(comments: readonly string[]): readonly string[] {
  return comments.flatMap((comment) => /offbeat:answer \d+/.exec(comment)?.[0] ?? []);
}

function twice({ comments, reactions, issues, state, pulls }: RepositoryRemains): readonly string[] {
  const open = pulls.filter((pull) => pull.state === 'open').length;
  return [
    ...repeated(answersIn(comments)).map((answer) => `${answer} was given twice`),
    ...repeated(comments).map((comment) => `commented twice: ${comment.slice(0, 80)}`),
    ...repeated(reactions).map((reaction) => `reacted twice: ${reaction}`),
    ...repeated(issues).map((title) => `opened twice: ${title}`),
    ...(open > 1 ? [`${open} pull requests are open`] : []),
    ...(state.damage.length > 0 ? [`damage: ${state.damage.join(' ')}`] : []),
  ];
}

function repeated(list: readonly string[]): readonly string[] {
  return [...new Set(list.filter((item, index) => list.indexOf(item) !== index))];
}
