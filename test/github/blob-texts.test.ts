import { expect, it } from 'vitest';
import { blobSha, blobTexts } from '../../src/github/blobs.ts';

const NAME = { owner: 'acme', repo: 'site' };

/** GitHub, which gives for each hash what `said` has for it. */
function github(said: ReadonlyMap<string, string | null>) {
  const asked: number[] = [];
  const graphql = async (query: string) => {
    const objects = [...query.matchAll(/(f\d+): object\(oid: "([0-9a-f]{40})"\)/g)];
    asked.push(objects.length);
    const texts = objects.map(([, name = '', sha = '']) => [name, { text: said.get(sha) ?? null }]);
    return { repository: Object.fromEntries(texts) };
  };
  return { client: { graphql: graphql as never }, asked };
}

it('asks GitHub for a hundred texts at once', async () => {
  const said = new Map(Array.from({ length: 250 }, (_, at) => [blobSha(`text ${at}`), `text ${at}`]));
  const { client, asked } = github(said);
  expect(await blobTexts(client, NAME, [...said.keys()])).toEqual(said);
  expect(asked).toEqual([100, 100, 50]);
});

it('leaves out what GitHub cuts, does not know, or writes otherwise than it lies in the repository', async () => {
  const hashes = ['on: push\n', '\uFEFFon: push\n', 'on: push\r\n'].map(blobSha);
  const [whole = '', marked = '', cut = ''] = hashes;
  const said = [
    [whole, 'on: push\n'],
    [marked, 'on: push\n'],
    [cut, 'on: p'],
  ] as const;
  const { client } = github(new Map(said));
  const found = await blobTexts(client, NAME, [...hashes, '0'.repeat(40)]);
  expect(found).toEqual(new Map([[whole, 'on: push\n']]));
});
