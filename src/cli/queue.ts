import { readStorageEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import type { DeadLetter, Queue } from '../queue/queue.ts';
import type { Storage } from '../serve/storage.ts';
import { mustBeConfirmed, reasonOf } from './confirm.ts';
import type { CliContext } from './context.ts';
import { environmentOf } from './environment.ts';
import { openIdle } from './unless-serving.ts';

/** `offbeat queue dead`: lists the dead letters, oldest first. */
export function listDead(options: { readonly json?: boolean }, context: CliContext): Promise<number> {
  return withQueue(context, async (queue) => {
    const letters = await queue.deadLetters();
    if (options.json === true) context.output.write(JSON.stringify(letters, null, 2));
    else
      context.output.write(
        letters.length === 0 ? 'There are no dead letters.' : letters.map(line).join('\n'),
      );
    return 0;
  });
}

export interface LetterOptions {
  readonly all?: boolean;
  readonly why?: string;
  readonly confirm?: string;
}

/** The sentences of each command: for a letter that cannot be found, and for success. */
const WORDS = {
  redrive: {
    missing: 'There is no such dead letter, or its payload could not be read.',
    fix: 'An unreadable delivery has to be sent again by GitHub: redeliver it in the settings of the App.',
    done: (count: number) => `${count} ${count === 1 ? 'delivery is' : 'deliveries are'} in the queue again.`,
  },
  drop: {
    missing: 'There is no such dead letter.',
    fix: '"offbeat queue dead" lists them.',
    done: (count: number) => `${count} ${count === 1 ? 'dead letter is' : 'dead letters are'} gone.`,
  },
} as const;

/** `offbeat queue redrive|drop ID|--all`: puts dead letters back at the ends of their groups, or forgets them. */
export function settleLetters(
  how: keyof typeof WORDS,
  id: string | undefined,
  options: LetterOptions,
  context: CliContext,
): Promise<number> {
  if ((id === undefined) === (options.all !== true)) {
    throw new OffbeatError('usage-invalid', 'Name one dead letter, or write --all.', {
      fix: '"offbeat queue dead" lists them.',
    });
  }
  return withQueue(context, async (queue, storage) => {
    const { confirm } = options;
    const { missing, fix, done } = WORDS[how];
    const why = reasonOf(options.why, 'Asked for at the terminal.');
    await mustBeConfirmed(storage, context.clock, { action: `${how} ${id ?? 'all'}`, why, confirm });
    if (id !== undefined && !(await queue[how](id))) {
      throw new OffbeatError('not-found', missing, { where: id, fix });
    }
    context.output.write(done(id === undefined ? await settleAll(queue, how) : 1));
    return 0;
  });
}

async function settleAll(queue: Queue, how: keyof typeof WORDS): Promise<number> {
  let settled = 0;
  for (const { id } of await queue.deadLetters()) if (await queue[how](id)) settled += 1;
  return settled;
}

function line({ id, at, event, attempts, reason }: DeadLetter): string {
  return `${id}  ${new Date(at).toISOString()}  ${event}  ${attempts} tries  ${reason.replaceAll('\n', ' ')}`;
}

/** The endpoints of the server that do the same; they need a token with the role admin. */
const API =
  'GET /api/v1/admin/dead-letters or POST /api/v1/admin/dead-letters/redrive or …/drop (role admin)';

async function withQueue(
  context: CliContext,
  act: (queue: Queue, storage: Storage) => Promise<number>,
): Promise<number> {
  const storage = await openIdle(readStorageEnv(await environmentOf(context)), context, API);
  try {
    return await act(storage.queue, storage);
  } finally {
    await storage.close();
  }
}
