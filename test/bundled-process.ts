import { readFile, rename } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { REQUIRE } from '../scripts/action-bundle.ts';

const ROOT = join(import.meta.dirname, '..');
/** One place for all: what Node keeps of a compiled module goes by its path. */
const DIRECTORY = join(ROOT, 'node_modules', '.cache', 'processes');

/** In a bundle each module would take the bundle's address for its own, and look for its files there. */
const OWN_ADDRESSES: Plugin = {
  name: 'own addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\/(?:src|test)\/.*\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8'))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
    }));
  },
};

const bundled = new Map<string, Promise<string>>();

/**
 * The path of `entry`, a module that a test runs as a process, with all that it imports in one file. Tests start some
 * processes often, and half of what a start costs is to find and link fifteen hundred modules.
 */
export function bundledProcess(entry: string): Promise<string> {
  const known = bundled.get(entry) ?? bundle(entry);
  bundled.set(entry, known);
  return known;
}

async function bundle(entry: string): Promise<string> {
  const outfile = join(DIRECTORY, `${relative(ROOT, entry).replaceAll(sep, '-')}.mjs`);
  const unfinished = `${outfile}.${process.pid}`;
  await build({
    entryPoints: [entry],
    absWorkingDir: ROOT,
    outfile: unfinished,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    banner: { js: REQUIRE },
    plugins: [OWN_ADDRESSES],
    logLevel: 'warning',
  });
  // Another test process may be starting it.
  await rename(unfinished, outfile);
  return outfile;
}
