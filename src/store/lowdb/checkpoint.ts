import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { z } from 'zod';
import { isMissing } from '../../disk/disk-full.ts';
import { checksum } from '../../disk/journal-line.ts';
import { syncDirectory } from '../../disk/sync-directory.ts';
import { textOfBytes } from '../../text-bytes.ts';
import { DOCUMENT_NAMES, type DocumentName } from './documents.ts';
import { readBytesIfThere, readTextIfThere, StagedFile } from './staged-file.ts';

/** How far into the two journals a checkpoint reaches: what comes after is done again from there. */
export interface Reach {
  /** Newest delivery whose effects are in it. */
  readonly settledThrough: number;
  /** Newest journalled change that is in it. */
  readonly changesThrough: number;
}

/** `checkpoint.json`: says which contents of the other files belong together. Its rename is the commit. */
const Manifest = z.object({
  version: z.literal(1),
  settledThrough: z.number().int().nonnegative(),
  changesThrough: z.number().int().nonnegative(),
  /** Epoch ms. */
  writtenAt: z.number(),
  /** By file name; empty once the repository's data was deleted. */
  files: z.record(z.string(), z.object({ crc: z.string(), bytes: z.number() })),
});
export type Manifest = z.infer<typeof Manifest>;

const SealedManifest = z.object({ manifest: Manifest, crc: z.string() });
type SealedManifest = z.infer<typeof SealedManifest>;

const MANIFEST_NAME = 'checkpoint.json';

/** The manifests of the present checkpoint and of the one before; `undefined` where one is not known to be whole. */
export interface WrittenSets {
  readonly present: Manifest | undefined;
  readonly previous: Manifest | undefined;
}

export type DocumentTexts = { readonly [Name in DocumentName]?: string };

export type ReadResult =
  /** Nothing was ever written, or it was deleted: then `reach` says how far. */
  | { readonly kind: 'none'; readonly reach: Reach }
  /** `damaged` names the files for which the checkpoint before had to be taken; empty where all is well. */
  | {
      readonly kind: 'set';
      readonly manifest: Manifest;
      readonly texts: DocumentTexts;
      readonly damaged: readonly string[];
      readonly written: WrittenSets;
    }
  /** No set is whole: for each file whatever texts there are, newest first. */
  | { readonly kind: 'ruins'; readonly candidates: ReadonlyMap<DocumentName, readonly string[]> };

/** Nothing is known of the files: all are written anew. */
export const NOTHING_WRITTEN: WrittenSets = { present: undefined, previous: undefined };

const NOTHING: Reach = { settledThrough: 0, changesThrough: 0 };

/**
 * Writes one consistent set of files, all of it or nothing. The contents are taken before the first wait, so the
 * caller may go on changing its state. A file that both checkpoints have as it is now is left alone.
 */
export async function writeCheckpoint(
  directory: string,
  documents: { readonly [Name in DocumentName]?: unknown },
  reach: Reach,
  now: number,
  before: WrittenSets,
): Promise<WrittenSets> {
  const files = DOCUMENT_NAMES.filter((name) => documents[name] !== undefined).map((name) => {
    const file = new StagedFile<unknown>(join(directory, name), [
      before.present?.files[name],
      before.previous?.files[name],
    ]);
    // lowdb hands its data to the adapter, and that turns it into text, before anything waits.
    return { name, file, written: new Low<unknown>(file, documents[name]).write() };
  });
  await Promise.all(files.map(({ written }) => written));
  const manifest: Manifest = { version: 1, ...reach, writtenAt: now, files: {} };
  for (const { name, file } of files) if (file.seal !== undefined) manifest.files[name] = file.seal;
  const manifestFile = new StagedFile<SealedManifest>(join(directory, MANIFEST_NAME));
  await new Low(manifestFile, { manifest, crc: checksum(JSON.stringify(manifest)) }).write();
  await syncDirectory(directory);
  await manifestFile.publish();
  await syncDirectory(directory);
  for (const { file } of files) if (file.isStaged) await file.publish();
  await syncDirectory(directory);
  return { present: manifest, previous: before.present };
}

/**
 * Makes the present set the one before as well, so that the journals' share in it can go. Files first, the manifest
 * last: until then the old manifest may fail to find its files, and the present set is whole all the while.
 */
export async function copyToPrevious(directory: string): Promise<void> {
  for (const name of [...DOCUMENT_NAMES, MANIFEST_NAME]) {
    const { path, previousPath } = new StagedFile(join(directory, name));
    const spare = `${previousPath}.new`;
    try {
      await copyFile(path, spare);
    } catch (error) {
      // A repository that was deleted has a manifest and no files, one that was never written not even that.
      if (isMissing(error)) continue;
      throw error;
    }
    await syncFile(spare);
    await rename(spare, previousPath);
  }
  if (existsSync(directory)) await syncDirectory(directory);
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function makeRepositoryDirectory(directory: string): Promise<void> {
  const made = await mkdir(directory, { recursive: true });
  if (made !== undefined) await syncDirectory(join(directory, '..'));
}

/**
 * Finds the newest set of which every file is whole, and finishes the renames that a crash has interrupted. A file
 * that fits no checksum makes the whole set fall back to the one before: files of different sets do not mix.
 */
export async function readCheckpoint(directory: string): Promise<ReadResult> {
  const manifestPath = join(directory, MANIFEST_NAME);
  const damaged: string[] = [];
  let manifestsSeen = 0;
  for (const path of [manifestPath, `${manifestPath}.previous`]) {
    const manifest = await readManifest(path);
    if (manifest === undefined) {
      damaged.push(MANIFEST_NAME);
      continue;
    }
    manifestsSeen += 1;
    if (Object.keys(manifest.files).length === 0) return { kind: 'none', reach: manifest };
    const { texts, missing, staged, spared } = await matchTexts(directory, manifest, path === manifestPath);
    if (missing.length > 0) {
      damaged.push(...missing);
      continue;
    }
    if (damaged.length === 0 && staged.length > 0) {
      for (const name of staged) await new StagedFile(join(directory, name)).publish();
      await syncDirectory(directory);
    }
    const isWhole = damaged.length === 0 && spared.length === 0;
    const written = isWhole
      ? { present: manifest, previous: await readManifest(`${manifestPath}.previous`) }
      : NOTHING_WRITTEN;
    return { kind: 'set', manifest, texts, damaged: [...damaged, ...spared], written };
  }
  const candidates = await readWhateverIsThere(directory);
  // Staged files alone are a first checkpoint that was never committed: the journals still have all of it.
  if (manifestsSeen === 0 && candidates.size === 0) return { kind: 'none', reach: NOTHING };
  return { kind: 'ruins', candidates };
}

/** Moves a file out of the way, under a name that says since when; where it is missing, a note takes its place. */
export async function setAside(directory: string, name: string, stamp: string): Promise<string> {
  const aside = `${name}.damaged-${stamp}`;
  try {
    await rename(join(directory, name), join(directory, aside));
  } catch (error) {
    if (!isMissing(error)) throw error;
    await writeFile(join(directory, aside), `${name} was missing.\n`);
  }
  return aside;
}

interface Match {
  readonly texts: DocumentTexts;
  readonly missing: readonly DocumentName[];
  /** Found under their staged names: published in name only. */
  readonly staged: readonly DocumentName[];
  /** Damaged, but unchanged since the set before, which therefore has the same text. */
  readonly spared: readonly DocumentName[];
}

async function matchTexts(directory: string, manifest: Manifest, isNewest: boolean): Promise<Match> {
  const texts: { [Name in DocumentName]?: string } = {};
  const missing: DocumentName[] = [];
  const staged: DocumentName[] = [];
  const spared: DocumentName[] = [];
  const match = async (name: DocumentName): Promise<void> => {
    const crc = manifest.files[name]?.crc;
    // A file added by a later version is not missing in a set that never had it.
    if (crc === undefined) return;
    const { path, nextPath, previousPath } = new StagedFile(join(directory, name));
    for (const each of [path, nextPath, previousPath]) {
      const bytes = await readBytesIfThere(each);
      if (bytes === undefined || checksum(bytes) !== crc) continue;
      texts[name] = textOfBytes(bytes);
      if (each === nextPath) staged.push(name);
      if (each === previousPath && isNewest) spared.push(name);
      return;
    }
    missing.push(name);
  };
  await Promise.all(DOCUMENT_NAMES.map(match));
  return { texts, missing, staged, spared };
}

async function readWhateverIsThere(directory: string): Promise<ReadonlyMap<DocumentName, readonly string[]>> {
  const candidates = new Map<DocumentName, readonly string[]>();
  for (const name of DOCUMENT_NAMES) {
    const { path, previousPath } = new StagedFile(join(directory, name));
    const texts = await Promise.all([path, previousPath].map(readTextIfThere));
    const there = texts.filter((text) => text !== undefined);
    if (there.length > 0) candidates.set(name, there);
  }
  return candidates;
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  try {
    const { manifest, crc } = SealedManifest.parse(JSON.parse(text));
    return checksum(JSON.stringify(manifest)) === crc ? manifest : undefined;
  } catch {
    return undefined;
  }
}
