import { CONFIG_PATH, parseConfigText, resolveConfig, UNREAD_CONFIG_PATH } from '../../config/parse.ts';
import { ConfigInvalidError } from '../../config/problem.ts';
import { followedWithoutFile, rulesWithoutFile } from '../../config/rules.ts';
import { OffbeatError } from '../../errors.ts';
import { CONFIG_CHECK_MARK, renderConfigCheck, renderConfigComment } from '../../render/config-check.ts';
import type { Context } from '../context.ts';
import {
  knownRepository,
  meetRepository,
  noteNotice,
  type SeenRepository,
  withShown,
} from '../known-repository.ts';
import { orFailure } from '../or-failure.ts';
import type { CommitCheck, ConnectedRepository } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';

/** Name of the notice that the App may not write checks, so that it does not try at every commit. */
export const CHECKS_NOTICE = 'checks-permission-missing';

/** A pull request whose commit may change the configuration. */
export interface ChangedPull {
  readonly number: number;
  readonly headSha: string;
}

/** Checks the configuration in a pull request: by a check, or by one comment where none may be written. */
export async function checkConfig(context: Context, seen: SeenRepository, pull: ChangedPull): Promise<void> {
  // Each commit is looked at for the first time, whatever GitHub has said to the one before.
  await unlessRefused(context, seen.id, `config check #${pull.number}`, () => check(context, seen, pull), {
    asked: true,
  });
}

async function check(context: Context, seen: SeenRepository, pull: ChangedPull): Promise<void> {
  const state = await meetRepository(context, seen);
  if (context.emergencyStop || state.profile.archived) return;
  const connected = await context.github.connect(state.profile);
  const { reader, writer } = connected;
  if (writer === null) return;
  if (!(await reader.pullTouches(pull.number, [CONFIG_PATH, UNREAD_CONFIG_PATH]))) return;
  const text = await reader.fileText(CONFIG_PATH, pull.headSha);
  const isMisnamed = (await reader.fileText(UNREAD_CONFIG_PATH, pull.headSha)) !== null;
  // Deleting the file is valid: then the defaults apply.
  if (text === null && !isMisnamed) return;
  const result = await checkOf(text ?? '', isMisnamed, pull.headSha, connected);
  if (result === null) return;
  if (!state.profile.noticesGiven.includes(CHECKS_NOTICE)) {
    const refusal = await orFailure(() => writer.check(result), 'permission-missing');
    if (!(refusal instanceof OffbeatError)) return;
    await noteNotice(context, seen.id, CHECKS_NOTICE);
  }
  await commentInstead(context, seen.id, connected, pull, result);
}

/** `null` where the commit was pushed away: the one that has replaced it is checked. */
async function checkOf(
  text: string,
  isMisnamed: boolean,
  sha: string,
  { reader }: ConnectedRepository,
): Promise<CommitCheck | null> {
  try {
    const config = resolveConfig([parseConfigText(text)]);
    const { files } = await reader.workflowSources(sha);
    const paths = files.map(({ path }) => path);
    const followed = followedWithoutFile(config, paths).map(({ name }) => name);
    const unknownFiles = [...new Set([...rulesWithoutFile(config, paths), ...followed])];
    return renderConfigCheck(sha, { problems: [], unknownFiles, isMisnamed });
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'not-found') return null;
    if (!(error instanceof ConfigInvalidError)) throw error;
    return renderConfigCheck(sha, { problems: error.problems, unknownFiles: [], isMisnamed });
  }
}

/** A valid file needs no comment, unless an earlier one says that it is not. */
async function commentInstead(
  context: Context,
  repositoryId: number,
  { writer }: ConnectedRepository,
  pull: ChangedPull,
  check: CommitCheck,
): Promise<void> {
  const { care } = await knownRepository(context, repositoryId);
  const name = `config-of-${pull.number}`;
  const says = check.passed ? 'valid' : JSON.stringify(check.annotations);
  const said = care.shown[name];
  if (said === says || (said === undefined && check.passed)) return;
  await writer?.commentInPlace(pull.number, renderConfigComment(check), CONFIG_CHECK_MARK);
  await context.store.apply(repositoryId, { care: withShown(care, name, says) });
}
