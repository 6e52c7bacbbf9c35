import { html } from 'hono/html';
import { EMPTY, type Markup } from './markup.ts';

/** Operations that stand as buttons on the overview, in this order, with what the button says. */
export const QUICK = [
  ['suggest', 'Suggest'],
  ['observe', 'Observe'],
  ['pause', 'Pause'],
  ['resume', 'Resume'],
  ['optimize', 'Plan now'],
] as const;

export interface Steering {
  readonly repositoryId: number;
  readonly formToken: string;
  /** Whether GitHub lets the viewer write. */
  readonly mayWrite: boolean;
  /** Summaries of the operations there are, by name. */
  readonly summaries: ReadonlyMap<string, string>;
}

/** Buttons for what people steer most; a sentence instead for who may only look. */
export function steering({ repositoryId, formToken, mayWrite, summaries }: Steering): Markup {
  if (!mayWrite) {
    return html`<p class="quietly">You may look here. Who may write to the repository on GitHub may also steer.</p>`;
  }
  return html`<section class="steering" aria-label="Steering">${QUICK.map(([name, text]) => {
    const summary = summaries.get(name);
    if (summary === undefined) return EMPTY;
    return html`<form method="post" action="/repositories/${repositoryId}/commands/${name}">
<input type="hidden" name="form" value="${formToken}">
<button title="${summary}">${text}</button></form>`;
  })}<a href="/repositories/${repositoryId}/commands">All commands</a></section>`;
}
