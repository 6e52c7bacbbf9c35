/**
 * Compares what the code shows now with what it showed when the golden run was recorded: decisions, pull requests,
 * answers and forecasts of the demo and of repositories made from real cron sets. Exits with 1 where something differs.
 *   npm run golden                       what differs, by name
 *   npm run golden -- --only demo        the demo alone, or `sets`
 *   npm run golden -- --save DIR         writes the texts themselves into DIR
 *   npm run golden -- --compare DIR      shows the lines that differ from texts saved earlier
 *   npm run golden -- --against CHECKOUT shows the lines that differ from what the code in another checkout shows
 *   npm run golden -- --record           takes what the code shows now as right
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HASHES_FILE, recordedHashes, sentenceOf } from '../test/golden/golden.ts';
import { NO_CRON_SETS, recordDemoAlone, recordSetsAlone } from '../test/golden/record.ts';
import { type Difference, differences, hashesOf, type Recording } from '../test/golden/texts.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    save: { type: 'string' },
    compare: { type: 'string' },
    against: { type: 'string' },
    record: { type: 'boolean' },
  },
});
/** The file of a saved recording. */
const SAVED = 'golden.json';

if (values.only !== undefined && values.only !== 'demo' && values.only !== 'sets') {
  throw new Error(`--only takes "demo" or "sets", not "${values.only}".`);
}
const recording = await record();
if (values.save !== undefined) save(recording, values.save);
if (values.record === true) writeHashes(recording);
const before = textsBefore();
if (before !== null) {
  tell(differences(hashesOf(before), hashesOf(recording)), before);
} else if (values.save === undefined && values.record !== true) {
  tell(differences(recordedHashes(), hashesOf(recording)), null);
}

async function record(): Promise<Recording> {
  const all = new Map<string, ReadonlyMap<string, string>>();
  if (values.only !== 'sets') for (const [name, texts] of await recordDemoAlone()) all.set(name, texts);
  if (values.only === 'demo') return all;
  const sets = await recordSetsAlone();
  if (sets === null) console.log(NO_CRON_SETS);
  for (const [name, texts] of sets ?? []) all.set(name, texts);
  return all;
}

function save(saved: Recording, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const plain = Object.fromEntries([...saved].map(([name, texts]) => [name, Object.fromEntries(texts)]));
  writeFileSync(join(directory, SAVED), JSON.stringify(plain));
  console.log(`The texts of ${saved.size} repositories are in ${join(directory, SAVED)}.`);
}

function load(directory: string): Recording {
  const plain = JSON.parse(readFileSync(join(directory, SAVED), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  return new Map(
    Object.entries(plain).map(([name, texts]) => [name, new Map(Object.entries(texts))] as const),
  );
}

/** Hashes of repositories that could not be played here stay as they are. */
function writeHashes(recorded: Recording): void {
  const old = existsSync(HASHES_FILE) ? recordedHashes() : {};
  const all = { ...old, ...hashesOf(recorded) };
  writeFileSync(HASHES_FILE, `${JSON.stringify(all, null, 2)}\n`);
  console.log(`Recorded: ${fileURLToPath(HASHES_FILE)}.`);
}

/** The texts to compare with: saved ones, or those of another checkout; `null` where only hashes are compared. */
function textsBefore(): Recording | null {
  if (values.compare !== undefined) return load(values.compare);
  if (values.against === undefined) return null;
  const directory = mkdtempSync(join(tmpdir(), 'golden-'));
  try {
    const only = values.only === undefined ? [] : ['--only', values.only];
    const script = join('scripts', 'golden.ts');
    const run = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', script, '--save', directory, ...only],
      { cwd: resolve(values.against), stdio: ['ignore', 'ignore', 'inherit'] },
    );
    if (run.status !== 0) {
      throw new Error(`The golden run failed in ${values.against}; it needs ${script} and its packages.`);
    }
    return load(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function tell(found: readonly Difference[], old: Recording | null): void {
  for (const difference of found) {
    console.log(sentenceOf(difference));
    if (old !== null && difference.kind === 'changed') console.log(lineDiff(difference, old));
  }
  const things = [...recording.values()].reduce((sum, texts) => sum + texts.size, 0);
  console.log(
    found.length === 0
      ? `Nothing differs: ${things} texts of ${recording.size} repositories.`
      : `${found.length} of ${things} texts differ.`,
  );
  if (found.length > 0) process.exitCode = 1;
}

/** The lines that differ, as `git diff` writes them, without its head. */
function lineDiff({ repository, name }: Difference, old: Recording): string {
  const directory = mkdtempSync(join(tmpdir(), 'golden-'));
  try {
    const [a, b] = [join(directory, 'before'), join(directory, 'now')];
    writeFileSync(a, `${old.get(repository)?.get(name)}\n`);
    writeFileSync(b, `${recording.get(repository)?.get(name)}\n`);
    const diff = spawnSync('git', ['diff', '--no-index', '--no-color', '--unified=0', a, b], {
      encoding: 'utf8',
    });
    return diff.stdout
      .split('\n')
      .filter((line) => /^[-+](?![-+]{2} )/.test(line))
      .map((line) => `    ${line}`)
      .join('\n');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
