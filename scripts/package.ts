/**
 * Packs Offbeat, installs the tarball into an empty directory as a user would, and measures it:
 *   node scripts/package.ts [NODE…]
 * Prints the ten largest parts, and runs the command line with this Node and with each NODE that is named. Ends with 1
 * where the installation is larger than docs/library.md says, or a command fails. It asks the npm registry.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { packageName, packed } from './packed.ts';

const MOST_MEGABYTES = 80;
const LARGEST = 10;
/** A file takes whole blocks. */
const BLOCK_BYTES = 4_096;

function bytesOf(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return Math.ceil(found.size / BLOCK_BYTES) * BLOCK_BYTES;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), BLOCK_BYTES);
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

const directory = mkdtempSync(join(tmpdir(), 'offbeat-package-'));
try {
  const tarball = packed(directory);
  writeFileSync(join(directory, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: directory, stdio: 'inherit' });
  const modules = join(directory, 'node_modules');
  const all = bytesOf(modules);
  const parts = readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .map((name) => ({ name, bytes: bytesOf(join(modules, name)) }))
    .sort((one, other) => other.bytes - one.bytes);
  console.log(`${basename(tarball)}: ${megabytes(statSync(tarball).size)}, installed ${megabytes(all)}`);
  for (const { name, bytes } of parts.slice(0, LARGEST))
    console.log(`  ${megabytes(bytes).padStart(8)}  ${name}`);
  if (all > MOST_MEGABYTES * 2 ** 20) {
    console.log(`More than ${MOST_MEGABYTES} MB.`);
    process.exitCode = 1;
  }
  const main = join(modules, packageName(), 'dist', 'main.js');
  for (const node of [process.execPath, ...process.argv.slice(2)]) {
    const ran = (args: readonly string[]) =>
      execFileSync(node, [main, ...args], { cwd: directory, encoding: 'utf8' }).trim();
    console.log(
      `Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}: ${ran(['--version'])}`,
    );
    ran(['check', process.cwd(), '--json']);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
