import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { marked } from 'marked';
import { chromium } from 'playwright-core';

/*
 * Draws the top of the pull request that the demo opens as GitHub would show it, for the README: node
 * scripts/picture.ts [FILE]. Takes the demo's own words, so that the picture cannot show what the App does not write.
 */

const target = process.argv[2] ?? 'docs/images/pull-request.png';
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const WIDTH = 960;
const STARTED_WITHIN_MS = 120_000;

interface PullRequest {
  readonly title: string;
  readonly body: string;
}

/** Runs the demo until its pull request stands, and reads it from the emulated GitHub. */
async function demoPull(): Promise<PullRequest> {
  const demo = spawn(process.execPath, ['src/main.ts', 'demo'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const page = await new Promise<URL>((resolve, reject) => {
      let text = '';
      const late = setTimeout(() => reject(new Error('The demo opened no pull request.')), STARTED_WITHIN_MS);
      demo.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        const found = /http:\/\/\S+\/pull\/\d+/.exec(text)?.[0];
        if (found === undefined || !text.includes('Everything stays up')) return;
        clearTimeout(late);
        resolve(new URL(found));
      });
    });
    const thread = await (await fetch(page)).text();
    const [heading = '', ...rest] = (thread.split('\n\n──── ', 1)[0] ?? '').split('\n\n');
    return { title: heading.replace(/ \(\w+\)$/, ''), body: rest.join('\n\n') };
  } finally {
    demo.kill('SIGTERM');
  }
}

const STYLE = `
  body {
    font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; color: #1f2328;
    margin: 24px; width: ${WIDTH - 48}px;
  }
  h1 { font-size: 24px; font-weight: 400; margin: 0 0 16px; }
  h3 { font-size: 17px; margin: 22px 0 10px; }
  article { border: 1px solid #d1d9e0; border-radius: 6px; }
  header {
    background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; padding: 8px 16px;
    color: #59636e;
  }
  section { padding: 16px; }
  table { border-collapse: collapse; display: block; margin: 0 0 16px; }
  th, td { border: 1px solid #d1d9e0; padding: 6px 12px; vertical-align: top; }
  code { background: #818b981f; border-radius: 6px; padding: .2em .4em; font-size: 85%; }
  pre.mermaid { background: none; text-align: center; }
`;

function pageOf({ title, body }: PullRequest): string {
  const html = marked.parse(body, { async: false, gfm: true });
  const drawn = html.replace(
    /<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g,
    (_whole, source: string) => `<pre class="mermaid">${source}</pre>`,
  );
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><h1></h1>
    <article><header><b>offbeat</b> bot wants to merge 1 commit into <code>main</code></header>
    <section>${drawn}</section></article>
    <script>document.querySelector('h1').textContent = ${JSON.stringify(title)};</script>`;
}

const pull = await demoPull();
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 800 }, deviceScaleFactor: 2 });
  await page.setContent(pageOf(pull));
  const mermaid = createRequire(import.meta.url).resolve('mermaid/dist/mermaid.min.js');
  await page.addScriptTag({ content: await readFile(mermaid, 'utf8') });
  await page.evaluate('mermaid.initialize({ startOnLoad: false }); mermaid.run();');
  await mkdir(dirname(target), { recursive: true });
  // What a maintainer sees first: down to where the evidence for each schedule begins.
  const evidence = await page.locator('h3').first().boundingBox();
  if (evidence === null) throw new Error('The pull request has no headings.');
  await page.screenshot({
    path: target,
    fullPage: true,
    clip: { x: 0, y: 0, width: WIDTH, height: Math.ceil(evidence.y) - 8 },
  });
} finally {
  await browser.close();
}
process.stdout.write(`${target}\n`);
