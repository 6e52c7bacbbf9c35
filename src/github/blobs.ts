import { createHash } from 'node:crypto';
import type { Octokit } from '@octokit/rest';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { RepositoryName } from './client.ts';

/** A workflow file is a few kilobytes; this many keep some tens of repositories in a few megabytes. */
const MAX_BLOBS = 2_000;

/** Texts that are kept for the next run of a workflow, which starts with nothing: twice as many as most have. */
const MOST_KEPT = 100;
/** Of all kept texts together. */
const MOST_KEPT_BYTES = 1024 * 1024;

/** The hash that git gives to a file of this text. */
export function blobSha(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Texts by git blob hash: a hash names its content for good, so an entry never goes stale. */
export class BlobCache {
  readonly #texts: LRUCache<string, string>;

  constructor(max = MAX_BLOBS) {
    this.#texts = new LRUCache({ max });
  }

  /** Takes what was kept; a text that does not have its hash is left out. */
  add(known: Readonly<Record<string, string>>): void {
    for (const [sha, text] of Object.entries(known)) if (blobSha(text) === sha) this.#texts.set(sha, text);
  }

  async get(sha: string, fetch: () => Promise<string>): Promise<string> {
    const text = this.#texts.get(sha) ?? (await fetch());
    this.#texts.set(sha, text);
    return text;
  }

  /** Asks for what is not known of some hashes together; what `fetchAll` does not give is left to `get`. */
  async fill(
    hashes: readonly string[],
    fetchAll: (unknown: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): Promise<void> {
    const unknown = hashes.filter((sha) => !this.#texts.has(sha));
    if (unknown.length === 0) return;
    for (const [sha, text] of await fetchAll(unknown)) this.#texts.set(sha, text);
  }

  /** The texts to keep for another process: those used last, within bounds, the newest last. */
  kept(): Readonly<Record<string, string>> {
    let bytes = 0;
    const kept = [...this.#texts.entries()].slice(0, MOST_KEPT).filter(([, text]) => {
      bytes += Buffer.byteLength(text);
      return bytes <= MOST_KEPT_BYTES;
    });
    return Object.fromEntries(kept.reverse());
  }
}

/** Texts that are asked for at once. */
const TEXTS_A_QUERY = 100;

/** Texts of blobs by hash, many a request, without what GitHub does not know, cuts, or writes otherwise. */
export async function blobTexts(
  client: Pick<Octokit, 'graphql'>,
  name: RepositoryName,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (let from = 0; from < hashes.length; from += TEXTS_A_QUERY) {
    const asked = hashes.slice(from, from + TEXTS_A_QUERY);
    const { repository } = Texts.parse(await client.graphql(queryOf(asked), { ...name }));
    for (const [at, sha] of asked.entries()) {
      const text = repository[`f${at}`]?.text;
      if (typeof text === 'string' && blobSha(text) === sha) texts.set(sha, text);
    }
  }
  return texts;
}

function queryOf(hashes: readonly string[]): string {
  const objects = hashes.map((sha, at) => `f${at}: object(oid: "${sha}") { ... on Blob { text } }`);
  return `query ($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { ${objects.join(' ')} } }`;
}

const Texts = z.object({
  repository: z.record(z.string(), z.object({ text: z.string().nullish() }).nullish()),
});
