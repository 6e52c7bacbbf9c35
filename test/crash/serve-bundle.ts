import { readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { REQUIRE } from '../../scripts/action-bundle.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** One place for all: what Node keeps of a compiled module goes by its path. */
const BUNDLE = join(ROOT, 'node_modules', '.cache', 'serve-process.mjs');

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

let bundled: Promise<string> | undefined;

/**
 * The path of `serve-process.ts` with all that it imports in one file. An App that is killed starts often, and half of
 * what a start costs is to find and link fifteen hundred modules.
 */
export function serveBundle(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  const outfile = `${BUNDLE}.${process.pid}`;
  await build({
    entryPoints: [join(import.meta.dirname, 'serve-process.ts')],
    absWorkingDir: ROOT,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    banner: { js: REQUIRE },
    plugins: [OWN_ADDRESSES],
    logLevel: 'warning',
  });
  // Another test process may be starting it.
  await rename(outfile, BUNDLE);
  return BUNDLE;
}
