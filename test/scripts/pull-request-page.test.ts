import { expect, it } from 'vitest';
import { pullRequestPage, withExamples } from '../../scripts/pull-request-page.ts';
import { parseDiagram } from '../render/mermaid.ts';

it('shows what the code writes today; `node scripts/pull-request-page.ts` brings it up to date', () => {
  expect(pullRequestPage()).toBe(withExamples(pullRequestPage()));
});

it('holds no empty example, and diagrams that Mermaid understands', async () => {
  const page = pullRequestPage();
  expect(page).not.toMatch(/-->\n<!-- end -->/);
  const diagrams = [...page.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? '');
  expect(await Promise.all(diagrams.map(parseDiagram))).toEqual(['stateDiagram', 'xychart']);
});
