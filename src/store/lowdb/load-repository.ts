import { readdir } from 'node:fs/promises';
import { OffbeatError } from '../../errors.ts';
import type { Clock, Log } from '../../usecases/ports.ts';
import { emptyRepository, type KeptRepository } from '../kept-repository.ts';
import {
  type DocumentTexts,
  NOTHING_WRITTEN,
  type Reach,
  readCheckpoint,
  setAside,
  type WrittenSets,
} from './checkpoint.ts';
import {
  DOCUMENT_NAMES,
  type DocumentName,
  type Documents,
  fromDocuments,
  readDocument,
} from './documents.ts';

export interface LoadedRepository {
  readonly state: KeptRepository | undefined;
  readonly reach: Reach;
  readonly written: WrittenSets;
  /** True where the newest checkpoint could not be used: the journals have to fill the gap. */
  readonly fellBack: boolean;
}

export interface LoadOptions {
  readonly directory: string;
  readonly repositoryId: number;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Reads one repository. Damaged files are set aside under a new name, named in the log and in `damage`; the
 * checkpoint before, or each file that is still whole, is used instead. Throws `store-damaged` where not even the
 * profile can be told: an empty history must not take the place of a damaged one.
 */
export async function loadRepository(options: LoadOptions): Promise<LoadedRepository> {
  const { directory } = options;
  const result = await readCheckpoint(directory);
  if (result.kind === 'none') {
    return { state: undefined, reach: result.reach, written: NOTHING_WRITTEN, fellBack: false };
  }
  if (result.kind === 'set') {
    const { documents, invalid } = parseAll(result.texts);
    if (invalid.length === 0) {
      await report(options, result.damaged);
      const state = await assemble(options, documents);
      return {
        state,
        reach: result.manifest,
        written: result.written,
        fellBack: result.damaged.length > 0,
      };
    }
    // Whole, but not of this version's schema: keep what can be read, and say what cannot.
    await report(options, [...result.damaged, ...invalid]);
    return {
      state: await assemble(options, documents),
      reach: result.manifest,
      written: NOTHING_WRITTEN,
      fellBack: true,
    };
  }
  const documents: { [Name in DocumentName]?: Documents[Name] } = {};
  const damaged: string[] = [];
  for (const name of DOCUMENT_NAMES) {
    const texts = result.candidates.get(name) ?? [];
    const readable = texts.map((text) => readDocument(name, text));
    const newest = readable.find((document) => document !== undefined);
    if (newest !== undefined) Object.assign(documents, { [name]: newest });
    if (readable[0] === undefined) damaged.push(name);
  }
  await report(options, damaged.length > 0 ? damaged : ['checkpoint.json']);
  const state = await assemble(options, documents);
  return {
    state,
    reach: { settledThrough: 0, changesThrough: 0 },
    written: NOTHING_WRITTEN,
    fellBack: true,
  };
}

function parseAll(texts: DocumentTexts): { documents: Partial<Documents>; invalid: readonly DocumentName[] } {
  const documents: { [Name in DocumentName]?: Documents[Name] } = {};
  const invalid: DocumentName[] = [];
  for (const name of DOCUMENT_NAMES) {
    const text = texts[name];
    if (text === undefined) continue;
    const document = readDocument(name, text);
    if (document === undefined) invalid.push(name);
    else Object.assign(documents, { [name]: document });
  }
  return { documents, invalid };
}

async function assemble(options: LoadOptions, documents: Partial<Documents>): Promise<KeptRepository> {
  const profile = documents['profile.json']?.profile;
  if (profile === undefined) {
    throw new OffbeatError(
      'store-damaged',
      'The profile of this repository cannot be read, nor the one before it.',
      {
        where: options.directory,
        fix: 'Restore profile.json from a backup, or move the directory away to begin anew.',
      },
    );
  }
  const state = fromDocuments(documents, emptyRepository(profile, options.clock.now()));
  return { ...state, damage: await damageSentences(options.directory) };
}

async function report(
  { directory, repositoryId, log, clock }: LoadOptions,
  damaged: readonly string[],
): Promise<void> {
  const stamp = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  for (const name of new Set(damaged)) {
    const aside = await setAside(directory, name, stamp);
    log.error({ repositoryId, file: name, setAsideAs: aside }, 'A damaged file was set aside');
  }
}

const SET_ASIDE = /^(?<name>.+\.json)\.damaged-/;

/** A sentence for each file set aside, for as long as it lies there: whoever has looked at it removes it. */
async function damageSentences(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter((name) => SET_ASIDE.test(name)).sort();
  return names.map((aside) => {
    const name = SET_ASIDE.exec(aside)?.groups?.name ?? aside;
    return `${name} was damaged; it lies aside as ${aside}, and the checkpoint before it and the journal took its place. Remove that file once you have looked at it.`;
  });
}
