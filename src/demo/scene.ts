import { Octokit } from '@octokit/rest';
import type { Emulated } from './emulator.ts';
import type { Palette } from './terminal-markdown.ts';

/** Cells of a line; narrower than most terminals. */
export const WIDTH = 96;

export interface Scene {
  readonly emulated: Emulated;
  readonly idle: () => Promise<void>;
  readonly say: (...lines: readonly string[]) => void;
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

export function section({ say, palette }: Scene, title: string): void {
  say(palette.bold(title), palette.dim('─'.repeat(WIDTH)));
}

export function diffLines(path: string, patch: string, palette: Palette): readonly string[] {
  const lines = patch.replaceAll('\r', '').split('\n');
  return [
    palette.bold(path),
    ...lines.map((line) =>
      line.startsWith('+')
        ? palette.added(line)
        : line.startsWith('-')
          ? palette.removed(line)
          : line.startsWith('@@')
            ? palette.hunk(line)
            : line,
    ),
  ];
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
