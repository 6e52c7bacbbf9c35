import { Octokit } from '@octokit/rest';
import { wrapWords } from '../render/wrap-output.ts';
import type { Emulated } from './emulator.ts';
import { type Palette, renderMarkdown } from './terminal-markdown.ts';

/** Before every line. */
export const INDENT = '  ';
/** A line without a terminal, and the narrowest and widest in one, indent included: beyond, text is hard to read. */
const COLUMNS = { withoutTerminal: 98, least: 72, most: 100 } as const;

/** Cells of a line after its indent; `columns` are those of the terminal, `undefined` or 0 where none are known. */
export function lineCells(columns: number | undefined): number {
  const { withoutTerminal, least, most } = COLUMNS;
  const cells =
    columns === undefined || columns === 0 ? withoutTerminal : Math.min(most, Math.max(least, columns));
  return cells - INDENT.length;
}

export interface Scene {
  readonly emulated: Emulated;
  readonly idle: () => Promise<void>;
  readonly say: (...lines: readonly string[]) => void;
  /** Cells of a line. */
  readonly width: number;
  readonly palette: Palette;
}

/** Comments as a person; returns the App's answer, `undefined` where it says nothing. */
export async function ask(
  { emulated, idle }: Scene,
  who: keyof Emulated['people'],
  issueNumber: number,
  command: string,
): Promise<string | undefined> {
  const where = { ...whereOf(emulated), issue_number: issueNumber };
  const asked = await clientOf(emulated, who).rest.issues.createComment({ ...where, body: command });
  await idle();
  const { data: comments } = await clientOf(emulated, who).rest.issues.listComments({
    ...where,
    per_page: 100,
  });
  return comments.find((one) => one.id > asked.data.id && one.user?.type === 'Bot')?.body;
}

export function section({ say, palette, width }: Scene, title: string): void {
  say(...inBold(title, width, palette), palette.dim('─'.repeat(width)));
}

type Pull = NonNullable<Awaited<ReturnType<typeof pullOf>>>;

/** Shows a pull request, and returns the files that it changes. */
export async function showPull(scene: Scene, heading: string, pull: Pull) {
  const { emulated, say, palette, width } = scene;
  section(scene, heading);
  say(...inBold(pull.title, width, palette), '');
  say(...renderMarkdown(pull.body ?? '', width, palette), '');
  const asked = { ...whereOf(emulated), pull_number: pull.number };
  return (await clientOf(emulated, 'maintainer').rest.pulls.listFiles(asked)).data;
}

/** A title, wrapped. */
function inBold(title: string, width: number, { bold }: Palette): readonly string[] {
  return wrapWords(title, width).map(bold);
}

export function diffLines(path: string, patch: string, palette: Palette): readonly string[] {
  const paints = new Map([
    ['+', palette.added],
    ['-', palette.removed],
    ['@', palette.hunk],
  ]);
  const lines = patch.replaceAll('\r', '').split('\n');
  return [palette.bold(path), ...lines.map((line) => paints.get(line.charAt(0))?.(line) ?? line)];
}

export function clientOf(emulated: Emulated, who: keyof Emulated['people']): Octokit {
  return new Octokit({ baseUrl: emulated.url, auth: emulated.people[who].token });
}

export function whereOf({ repository }: Emulated): { readonly owner: string; readonly repo: string } {
  return { owner: repository.owner, repo: repository.name };
}

/** The newest pull request of the App from a branch. */
export async function pullOf({ emulated }: Scene, branch: string) {
  const { data: pulls } = await clientOf(emulated, 'maintainer').rest.pulls.list({
    ...whereOf(emulated),
    state: 'all',
  });
  return pulls.find((one) => one.user?.type === 'Bot' && one.head.ref === branch);
}
