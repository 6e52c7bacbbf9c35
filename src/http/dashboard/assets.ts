import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import type { AssetUrls } from './pages/layout.ts';
import { STYLE } from './style.ts';

const HASH_LENGTH = 12;
const SCRIPTS = ['times', 'plots', 'follow'] as const;
const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><g fill="none" stroke-width="2.6" ' +
  'stroke-linecap="round"><path stroke="#7d8590" d="M3 4v12M17 4v12"/><path stroke="#0072b2" d="M12 ' +
  '7v12"/></g></svg>';

/**
 * Reads style, scripts and uPlot once. The name of a file changes with its content, so browsers may keep it for good.
 * There is no bundle: the scripts talk to each other by events alone.
 */
export async function loadAssets() {
  const require = createRequire(import.meta.url);
  const [plot, plotStyle, ...scripts] = await Promise.all([
    readFile(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    readFile(require.resolve('uplot/dist/uPlot.min.css'), 'utf8'),
    ...SCRIPTS.map(readScript),
  ]);
  const byPath = new Map<string, { readonly body: string; readonly contentType: string }>();
  const add = (name: string, extension: string, body: string, contentType: string): string => {
    const hash = createHash('sha256').update(body).digest('hex').slice(0, HASH_LENGTH);
    const path = `/assets/${name}.${hash}.${extension}`;
    byPath.set(path, { body, contentType });
    return path;
  };
  const urls: AssetUrls = {
    style: add('style', 'css', STYLE, CSS),
    plotStyle: add('plot', 'css', plotStyle, CSS),
    plot: add('plot', 'js', plot, JAVASCRIPT),
    scripts: scripts.map((body, at) => add(SCRIPTS[at] ?? 'script', 'js', body, JAVASCRIPT)),
    icon: add('icon', 'svg', ICON, 'image/svg+xml'),
  };
  return { urls, find: (path: string) => byPath.get(path) };
}

/** A script as JavaScript: compiled by the build or, when run from the sources, with its types stripped here. */
async function readScript(name: string): Promise<string> {
  const compiled = import.meta.url.endsWith('.js');
  const file = new URL(`./browser/${name}.${compiled ? 'js' : 'ts'}`, import.meta.url);
  const text = await readFile(file, 'utf8');
  return compiled ? text : stripTypeScriptTypes(text);
}
