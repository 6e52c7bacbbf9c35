import { itemAt } from '../checked.ts';
import { onTimeBranch } from '../render/on-time-proposal.ts';
import { instant, minutes, seconds } from '../render/quantity.ts';
import { median } from '../statistics.ts';
import { MINUTE_MS, SECOND_MS } from '../time.ts';
import type { DemoTick } from './on-time-days.ts';
import { diffLines, pullOf, type Scene, section, showPull } from './scene.ts';
import type { Palette } from './terminal-markdown.ts';
import { DEMO_WORKFLOWS } from './workflows.ts';

/** The workflow that is put on time. */
export const PUNCTUAL = itemAt(
  DEMO_WORKFLOWS.filter(({ path }) => path.endsWith('/database-backup.yml')),
  0,
);

/**
 * Shows the pull request that put a workflow on time, and each tick since. Returns a sentence for each thing that did
 * not happen.
 */
export async function showOnTime(scene: Scene, ticks: readonly DemoTick[]): Promise<readonly string[]> {
  const { emulated, say, palette } = scene;
  const pull = await pullOf(scene, onTimeBranch());
  if (pull === undefined) return ['Offbeat opened no pull request for a workflow on time.'];
  const { login } = emulated.people.maintainer;
  const heading = `Pull request #${pull.number}, by ${pull.user?.login}, merged by ${login}`;
  const files = await showPull(scene, heading, pull);
  const file = files.find(({ filename }) => filename === PUNCTUAL.path);
  say(...diffLines(PUNCTUAL.path, file?.patch ?? '', palette), '');
  section(scene, `Since then: ${PUNCTUAL.name}, ${ticks.length} ticks`);
  say(palette.dim('Tick (UTC)         Started by Offbeat   GitHub’s scheduler, for the net'));
  say(...ticks.map((tick) => tickLine(tick, palette)), '');
  const late = ticks.flatMap(({ tick, startedAt }) => (startedAt === null ? [] : [startedAt - tick]));
  const isWhole = late.length === ticks.length;
  if (isWhole) {
    const own = seconds(median(late) / SECOND_MS);
    const github = minutes(median(ticks.map(({ tick, githubAt }) => githubAt - tick)) / MINUTE_MS);
    say(palette.bold(`In the median ${own} after its minute, in place of ${github}.`), '');
  }
  return isWhole && ticks.length > 0 ? [] : ['Not every tick was started by Offbeat.'];
}

function tickLine({ tick, startedAt, githubAt }: DemoTick, palette: Palette): string {
  const own =
    startedAt === null
      ? palette.removed('never'.padEnd(19))
      : palette.added(after(startedAt - tick).padEnd(19));
  return `${instant(tick).replace(' UTC', '')}   ${own}  ${after(githubAt - tick)}`;
}

function after(ms: number): string {
  return `+ ${minutes(ms / MINUTE_MS)}`;
}
