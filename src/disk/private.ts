import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, type FileHandle, lchown, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { codeOf } from './disk-errors.ts';
import { syncDirectory } from './sync-directory.ts';

/** Only the owner reads or writes these files: they hold the App's key and data on private repositories. */
const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;

/** Flags with which root opens files in another user's directory, where it must not follow a link. */
const NOT_FOLLOWING_LINKS = {
  a: O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW,
  w: O_TRUNC | O_CREAT | O_WRONLY | O_NOFOLLOW,
  wx: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
} as const;
type Flags = keyof typeof NOT_FOLLOWING_LINKS;

/** Some file systems know no owners, and some containers take this right from root. */
const NO_OWNERS = new Set(['EPERM', 'EINVAL', 'ENOTSUP', 'ENOSYS']);

/**
 * Opens a file to write that only its owner can read. Where root writes into a directory of another user, that user
 * becomes the owner, so that the server can read the files that an operator's command leaves.
 */
export async function openPrivateFile(path: string, flags: Flags): Promise<FileHandle> {
  const owner = await ownerToBe(path);
  if (owner === undefined) return open(path, flags, PRIVATE_FILE);
  const file = await open(path, NOT_FOLLOWING_LINKS[flags], PRIVATE_FILE);
  try {
    await orWithoutOwners(file.chown(owner.uid, owner.gid));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Writes to a file as `openPrivateFile` opens it. The directory is never synced. */
export async function writePrivateFile(
  path: string,
  contents: string | Uint8Array,
  { flags = 'w', isSynced = false }: { readonly flags?: Flags; readonly isSynced?: boolean } = {},
): Promise<void> {
  const file = await openPrivateFile(path, flags);
  try {
    await file.writeFile(contents);
    if (isSynced) await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces a file as a whole (a reader finds the old or the new text), readable by its owner alone. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    await writePrivateFile(beside, text, { flags: 'wx', isSynced: true });
    await rename(beside, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/**
 * Makes a directory that only its owner can enter, whatever the umask; an existing directory is changed to that.
 * A directory that root makes gets the owner of its parent. New names survive a power loss.
 */
export async function makePrivateDirectory(directory: string): Promise<void> {
  const made = await mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  if (made !== undefined) {
    for (const path of pathsBetween(made, directory)) {
      const owner = await ownerToBe(path);
      if (owner !== undefined) await orWithoutOwners(lchown(path, owner.uid, owner.gid));
      await syncDirectory(dirname(path));
    }
  }
  try {
    await chmod(directory, PRIVATE_DIRECTORY);
  } catch (error) {
    // A volume that belongs to another user, and to which this process may write, keeps the mode that it has.
    if (codeOf(error) !== 'EPERM') throw error;
  }
}

/** `first` and all below it down to `last`, outermost first. */
function pathsBetween(first: string, last: string): readonly string[] {
  const below = relative(first, resolve(last)).split(sep).filter(Boolean);
  return ['', ...below].map((_, index) => resolve(first, ...below.slice(0, index)));
}

/** The owner to set for a file that root makes at `path`; `undefined` where the owner need not change. */
async function ownerToBe(path: string): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  const { uid, gid } = await stat(dirname(path));
  return uid === 0 ? undefined : { uid, gid };
}

async function orWithoutOwners(change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!NO_OWNERS.has(codeOf(error))) throw error;
  }
}
