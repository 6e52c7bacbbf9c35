/**
 * Holds that a tag may be released:
 *   node scripts/release-check.ts v1.2.3 OWNER/REPO [--notes]
 * The version and the owner have to stand in package.json, and the version in the changelog. `--notes` prints what that
 * says of it.
 */
import { readFileSync } from 'node:fs';

const [tag = '', repository = '', notes] = process.argv.slice(2);
const manifest: {
  readonly name: string;
  readonly version: string;
  readonly repository: { readonly url: string };
} = JSON.parse(readFileSync('package.json', 'utf8'));
const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m).slice(1);
const section = sections.find(
  (text) => text.startsWith(`[${manifest.version}]`) || text.startsWith(manifest.version),
);
const [owner = ''] = repository.split('/');

const wrong = [
  tag === `v${manifest.version}`
    ? ''
    : `package.json has version ${manifest.version}, and the tag is ${tag}.`,
  manifest.name.toLowerCase() === `@${owner.toLowerCase()}/offbeat` && !manifest.name.startsWith('@OWNER/')
    ? ''
    : `package.json has the name ${manifest.name}: put the owner of the repository in the place of OWNER ` +
      '(docs/library.md).',
  manifest.repository.url.includes(`/${repository}.git`)
    ? ''
    : `package.json names ${manifest.repository.url} as its repository.`,
  section === undefined ? `CHANGELOG.md has no section for ${manifest.version}.` : '',
].filter((sentence) => sentence !== '');

for (const sentence of wrong) console.error(sentence);
if (wrong.length > 0) process.exitCode = 1;
else if (notes === '--notes') console.log(section?.split('\n').slice(1).join('\n').trim());
