import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { blobSha } from './blob-cache.ts';
import type { RepositoryName } from './client.ts';

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
