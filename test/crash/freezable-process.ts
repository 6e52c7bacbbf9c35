import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { job } from '../queue/contract.ts';
import { profile, run } from '../store/sample.ts';
import { openAll } from './open-all.ts';

/** Where the process stops itself, as the kernel would stop it: at its next append, or at its next checkpoint. */
export type FreezePoint = 'before append' | 'before fsync' | 'after fsync' | 'before rename';

/** What the parent asks for; each is answered by one message. */
export type Order =
  | { readonly kind: 'freeze'; readonly at: FreezePoint }
  | { readonly kind: 'accept'; readonly id: number }
  | { readonly kind: 'apply'; readonly id: number }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'idle' };

/** `done`, or the code of what was thrown. */
export type Answer = string;

let freezeAt: FreezePoint | undefined;

/** Stands still until somebody sends SIGCONT. */
function freeze(at: FreezePoint): void {
  if (freezeAt !== at) return;
  freezeAt = undefined;
  process.kill(process.pid, 'SIGSTOP');
}

function watchAppends(file: FileHandle): void {
  const { write, datasync } = file;
  file.write = ((...given: Parameters<typeof write>) => {
    freeze('before append');
    return write.apply(file, given);
  }) as typeof write;
  file.datasync = async () => {
    freeze('before fsync');
    await datasync.call(file);
    freeze('after fsync');
  };
}

const { open, rename } = fs;
fs.open = async (path, ...rest) => {
  const file = await open(path, ...rest);
  if (String(path).endsWith('.ndjson')) watchAppends(file);
  return file;
};
fs.rename = (from, to) => {
  if (String(to).endsWith('runs.json')) freeze('before rename');
  return rename(from, to);
};
syncBuiltinESMExports();

const { store, queue } = await openAll(process.argv[2] ?? '');

async function follow(order: Order): Promise<void> {
  switch (order.kind) {
    case 'freeze':
      freezeAt = order.at;
      return;
    case 'accept':
      await queue.accept(job(order.id));
      return;
    case 'apply':
      await store.apply(1, { profile: profile(1), runs: [run(order.id)] });
      return;
    case 'checkpoint':
      await store.checkpoint();
      return;
    case 'idle':
      await queue.idle();
      return;
  }
}

process.on('message', (order: Order) => {
  follow(order).then(
    () => process.send?.('done'),
    (error: { readonly code?: string }) => process.send?.(error.code ?? 'failed'),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
