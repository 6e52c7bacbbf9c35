import { OffbeatError } from '../../errors.ts';
import type { AnyOperation } from '../../operations/operation.ts';
import { inputFrom } from '../../operations/read-input.ts';
import type { Document } from '../../render/document.ts';
import { configOrDefaults } from '../../usecases/configured-mode.ts';
import { askedUntil, type Context } from '../../usecases/context.ts';
import type { RepositoryProfile } from '../../usecases/ports.ts';
import type { DashboardOptions } from './options.ts';

export interface Wish {
  readonly operation: AnyOperation;
  readonly profile: RepositoryProfile;
  /** Login of the person who asks. */
  readonly actor: string;
  /** Fields of the form, by flag. */
  readonly fields: ReadonlyMap<string, string>;
  /** Aborted when the asker has disconnected. */
  readonly gone: AbortSignal;
}

/**
 * Runs the operation of a form and returns its answer. The permission for a change is asked of GitHub
 * now, since it may have changed since the page was shown; the rules are those for comments. Throws
 * `permission-missing`, and what the operation throws.
 */
export async function steer(
  context: Context,
  { lockRepository, costly }: Pick<DashboardOptions, 'lockRepository' | 'costly'>,
  wish: Wish,
): Promise<Document> {
  const { operation, profile, actor } = wish;
  if (operation.permission !== 'read' || operation.mutates) await mustBeAllowed(context, wish);
  const input = inputFrom(
    { ...operation, typedAs: operation.name },
    { positionals: [], flags: flagsOf(wish) },
  );
  // A change goes on when its asker disconnects; a question does not.
  const known = operation.mutates ? context : askedUntil(context, wish.gone);
  const run = () =>
    lockRepository(profile.id, () =>
      operation.answer(input, { context: known, repositoryId: profile.id, actor, door: 'dashboard' }),
    );
  const answer = await (costly === undefined ? run() : costly(operation.name, `github:${actor}`, run));
  return answer.document;
}

async function mustBeAllowed(context: Context, { profile, actor, operation }: Wish): Promise<void> {
  const connected = await context.github.connect(profile);
  const [permission, { commands }] = await Promise.all([
    connected.permissionOf(actor),
    configOrDefaults(connected.reader),
  ]);
  if (permission === 'admin' || (permission === 'write' && commands.who === 'write')) return;
  const what = `${operation.name} takes ${commands.who} access to the repository.`;
  throw new OffbeatError('permission-missing', what, { fix: `GitHub says that you have: ${permission}.` });
}

/** The filled fields of a form, by flag. The entries of a list are separated by spaces. */
function flagsOf({ operation, fields }: Wish): Readonly<Record<string, string | readonly string[]>> {
  return Object.fromEntries(
    operation.fields.flatMap(({ flag, kind }) => {
      const text = fields.get(flag)?.trim() ?? '';
      if (text === '') return [];
      return [[flag, kind === 'list' ? text.split(/\s+/) : text] as const];
    }),
  );
}
