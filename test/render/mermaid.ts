import { JSDOM } from 'jsdom';

/** Mermaid's own parser, under the page globals that it looks for. Throws what a reader would see as an error. */
export async function parseDiagram(text: string): Promise<string> {
  const { window } = new JSDOM('<body></body>');
  Object.assign(globalThis, { window, document: window.document });
  const { default: mermaid } = await import('mermaid');
  const result = await mermaid.parse(text);
  return result.diagramType;
}
