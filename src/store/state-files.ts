import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { OffbeatError } from '../errors.ts';
import type { Log } from '../log.ts';
import { DAY_MS } from '../time.ts';
import { DOCUMENT_NAMES } from './lowdb/documents.ts';
import { type LowdbStore, openLowdbStore } from './lowdb/lowdb-store.ts';
import { RETENTION, type Retention } from './retention.ts';

/** The folder of the documents on the state branch. */
export const STATE_FOLDER = '.github/workflow-history/meta-learning';
/** Reports of runs that no tune has read yet. */
export const INBOX_FOLDER = `${STATE_FOLDER}/inbox`;

const POOL = 'lateness_pool.json';
const REPORT = 'report_latest.json';
const ACTION = 'action.json';

/** State that only the Action keeps. */
export const ActionState = z.object({
  version: z.literal(1),
  /** Runs created since then (epoch ms) are read next. */
  readFrom: z.number().nullable(),
  /** Texts of workflow files by hash. */
  blobs: z.record(z.string(), z.string()),
});
export type ActionState = z.infer<typeof ActionState>;

/**
 * A year of fifty daily workflows came to 5.5 MB with these, before runs were written as a table. Each keeps 70
 * runs: a verdict looks back on 60 of them.
 */
export const ACTION_RETENTION: Retention = {
  ...RETENTION,
  runs: 3_500,
  learningEvents: 200,
  scheduleVersions: 20,
  fullDecisions: 2,
  wholeDecisions: 3,
  auditEvents: 500,
};

/** Paths on the branch that must be read before the store can be opened. The report is written and never read. */
export const STATE_PATHS: readonly string[] = [...DOCUMENT_NAMES, POOL, ACTION].map(
  (name) => `${STATE_FOLDER}/${name}`,
);

export interface StateFiles {
  readonly store: LowdbStore;
  readonly state: ActionState;
  /** A sentence on each file of the branch that cannot be used; if there is any, none of the files is used. */
  readonly damage: readonly string[];
  /** The texts of the documents as they are now, by their path on the branch. */
  texts(state: ActionState): Promise<ReadonlyMap<string, string>>;
  /** Closes the store, and resolves with the same texts. */
  close(state: ActionState): Promise<ReadonlyMap<string, string>>;
  /** Removes the directory on the disk. */
  remove(): Promise<void>;
}

/** Opens a store on a state branch, below `temporary`; empty where damaged, or of another repository. */
export async function openStateFiles(
  texts: ReadonlyMap<string, string>,
  repositoryId: number,
  { temporary, log, clock }: { readonly temporary: string; readonly log: Log; readonly clock: Clock },
): Promise<StateFiles> {
  const directory = await mkdtemp(join(temporary, 'offbeat-state-'));
  const documents = join(directory, 'repositories', String(repositoryId));
  const placeOf = (name: string): string => join(name === POOL ? directory : documents, name);
  const open = () => openLowdbStore({ directory, log, clock, retention: ACTION_RETENTION, isForeign: true });
  await mkdir(documents, { recursive: true });
  for (const [path, text] of texts) {
    const name = path.slice(STATE_FOLDER.length + 1);
    if (name !== ACTION) await writeFile(placeOf(name), text);
  }
  let store = await open();
  const kept = texts.size === 0 ? NOTHING : stateOf(texts.get(`${STATE_FOLDER}/${ACTION}`), clock.now());
  const damage = texts.size === 0 ? [] : await damageIn(store, repositoryId, [directory, documents]);
  if (kept === null) damage.push(`${ACTION} is damaged.`);
  const state = kept === null || damage.length > 0 ? NOTHING : kept;
  if (damage.length > 0) {
    await store.close();
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    store = await open();
  }
  // This journal is new; the pool's position refers to an earlier one.
  await store.replaceLatenessPool(await store.loadLatenessPool());
  const textsOf = async (next: ActionState): Promise<ReadonlyMap<string, string>> => {
    const files = new Map<string, string>();
    for (const name of [...DOCUMENT_NAMES, POOL, REPORT]) {
      const text = await readFile(placeOf(name), 'utf8').catch(() => null);
      if (text !== null) files.set(`${STATE_FOLDER}/${name}`, text);
    }
    return files.set(`${STATE_FOLDER}/${ACTION}`, `${JSON.stringify(next)}\n`);
  };
  return {
    store,
    state,
    damage,
    async texts(next) {
      await store.checkpoint();
      return textsOf(next);
    },
    async close(next) {
      await store.close();
      return textsOf(next);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

const NOTHING: ActionState = { version: 1, readFrom: null, blobs: {} };

/** GitHub keeps runs for 400 days; a runner's clock may be a little fast. */
const OLDEST_MS = 400 * DAY_MS;
const NEWEST_MS = DAY_MS;

/** A sentence on each document that cannot be used. */
async function damageIn(
  store: LowdbStore,
  repositoryId: number,
  directories: readonly string[],
): Promise<string[]> {
  const damage: string[] = [];
  try {
    const kept = await store.load(repositoryId);
    if (kept === undefined) damage.push('profile.json is missing.');
    else if (kept.profile.id !== repositoryId) damage.push('It is the state of another repository.');
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    damage.push(error.publicSentence);
  }
  for (const directory of directories) {
    const names = (await readdir(directory)).filter((name) => /\.damaged-/.test(name));
    damage.push(...names.map((name) => `${name.replace(/\.damaged-.*$/, '')} is damaged.`));
  }
  return damage;
}

/** Returns `null` for an unreadable text, and for a `readFrom` that would read too many runs or never any again. */
function stateOf(text: string | undefined, now: number): ActionState | null {
  try {
    const state = ActionState.parse(JSON.parse(text ?? ''));
    const { readFrom } = state;
    return readFrom === null || (readFrom > now - OLDEST_MS && readFrom < now + NEWEST_MS) ? state : null;
  } catch {
    return null;
  }
}
