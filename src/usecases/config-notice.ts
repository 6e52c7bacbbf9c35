import type { OffbeatError } from '../errors.ts';
import { renderConfigIssue } from '../render/notices.ts';
import type { Context } from './context.ts';
import { changeCare, knownRepository, withShown } from './known-repository.ts';
import type { ConnectedRepository } from './ports.ts';
import { unlessRefused } from './unless-refused.ts';

/** Under which the problem that was told last is remembered. */
const CONFIG = 'config';

/** Tells in one issue where the configuration is invalid and how to mend it. */
export async function reportInvalidConfig(
  context: Context,
  repositoryId: number,
  { writer }: ConnectedRepository,
  error: OffbeatError,
): Promise<void> {
  context.log.info({ repositoryId }, 'configuration is invalid, nothing is done until it is mended');
  if (context.emergencyStop || writer === null) return;
  const { title, body } = renderConfigIssue(error);
  const told = await unlessRefused(context, repositoryId, 'notice', () => writer.issue(title, body));
  if (told.kind === 'refused') return;
  await changeCare(context, repositoryId, (care) => withShown(care, CONFIG, error.sentence));
}

/** The same for a missed push: what was told is not told again, its issue closed or not. `error`: `null` if valid. */
export async function reportUnreportedConfig(
  context: Context,
  repositoryId: number,
  connect: () => Promise<ConnectedRepository>,
  error: OffbeatError | null,
): Promise<void> {
  const { care } = await knownRepository(context, repositoryId);
  if (error === null) return forgetReportedConfig(context, repositoryId);
  if (care.shown[CONFIG] === error.sentence) return;
  const connected = await connect();
  if (connected.writesLeft?.() !== 0) await reportInvalidConfig(context, repositoryId, connected, error);
}

/** The configuration is valid: what is wrong with it later is told anew. */
export async function forgetReportedConfig(context: Context, repositoryId: number): Promise<void> {
  const { care } = await knownRepository(context, repositoryId);
  if (care.shown[CONFIG] === undefined) return;
  await changeCare(context, repositoryId, (now) => withShown(now, CONFIG, null));
}
