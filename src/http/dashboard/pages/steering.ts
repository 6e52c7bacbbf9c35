import { html } from 'hono/html';
import { EMPTY, type Markup } from './markup.ts';

/** The modes as one switch: each button is the operation of that name. */
const MODES = [
  ['observe', 'Observe', 'Decide and record, touch nothing.'],
  ['suggest', 'Suggest', 'Open pull requests with better times.'],
  ['pause', 'Pause', 'Do nothing until another mode is chosen.'],
] as const;

export interface Steering {
  readonly repositoryId: number;
  readonly formToken: string;
  /** Whether GitHub lets the viewer write. */
  readonly mayWrite: boolean;
  readonly mode: string;
  /** Summaries of the operations there are, by name. */
  readonly summaries: ReadonlyMap<string, string>;
}

/** One switch for the mode, and a button to plan now; a sentence instead for who may only look. */
export function steering({ repositoryId, formToken, mayWrite, mode, summaries }: Steering): Markup {
  if (!mayWrite) {
    return html`<p class="quietly">You may look here. Who may write to the repository on GitHub may also steer.</p>`;
  }
  const button = (name: string, text: string, title: string, pressed: Markup = EMPTY): Markup =>
    summaries.has(name)
      ? html`<form method="post" action="/repositories/${repositoryId}/commands/${name}">
<input type="hidden" name="form" value="${formToken}"><button title="${title}"${pressed}>${text}</button></form>`
      : EMPTY;
  const modes = MODES.map(([name, text, title]) =>
    button(name, text, title, html` aria-pressed="${String(name === mode)}"`),
  );
  return html`<section class="steering" aria-label="Steering">
<div class="switch" role="group" aria-label="Mode"><span>Mode</span>${modes}</div>
${button('optimize', 'Plan now', summaries.get('optimize') ?? '')}
<a href="/repositories/${repositoryId}/commands">All commands</a></section>`;
}
