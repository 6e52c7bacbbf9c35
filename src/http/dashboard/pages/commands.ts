import { html } from 'hono/html';
import type { Field } from '../../../operations/fields.ts';
import type { AnyOperation } from '../../../operations/operation.ts';
import { EMPTY, type Markup } from './markup.ts';

export interface Commands {
  readonly repositoryId: number;
  readonly operations: readonly AnyOperation[];
  readonly formToken: string;
  readonly mayWrite: boolean;
}

/** Every operation as a form, made from the same table as all other doors. */
export function commandsPage({ repositoryId, operations, formToken, mayWrite }: Commands): Markup {
  return html`<p>The same commands as in comments, on the command line and in the API.${
    mayWrite ? '' : ' Those that change something are for people who may write to the repository on GitHub.'
  }</p>
${operations.map((operation) => {
  const allowed = mayWrite || operation.permission === 'read';
  return html`<details class="card" id="command-${operation.name}"><summary><b><code>${operation.name}</code></b> ${operation.summary}</summary>
${
  allowed
    ? html`<form class="command" method="post" action="/repositories/${repositoryId}/commands/${operation.name}">
<input type="hidden" name="form" value="${formToken}">
${operation.fields.map((field) => fieldInput(operation.name, field))}
<p><button>Do ${operation.name}</button></p></form>`
    : html`<p class="quietly">It takes write access on GitHub.</p>`
}</details>`;
})}`;
}

function fieldInput(operation: string, field: Field): Markup {
  const id = `${operation}-${field.flag}`;
  const required = field.required ? html` required` : EMPTY;
  const hint = field.description === '' ? EMPTY : html`<small id="${id}-hint">${field.description}</small>`;
  const described = field.description === '' ? EMPTY : html` aria-describedby="${id}-hint"`;
  if (field.kind === 'switch') {
    return html`<p><label><input type="checkbox" name="${field.flag}" value="true"${described}> ${field.name}</label> ${hint}</p>`;
  }
  const label = html`<label for="${id}">${field.name}${field.required ? '' : ' (may be left empty)'}</label>`;
  if (field.choices.length > 0) {
    return html`<p>${label} <select id="${id}" name="${field.flag}"${required}${described}><option value=""></option>${field.choices.map(
      (choice) => html`<option>${choice}</option>`,
    )}</select> ${hint}</p>`;
  }
  const mode = field.kind === 'number' ? html` inputmode="decimal"` : EMPTY;
  return html`<p>${label} <input id="${id}" name="${field.flag}" autocomplete="off"${mode}${required}${described}> ${hint}</p>`;
}

/** What a command has answered. */
export function answerPage(answer: { readonly text: string; readonly repositoryId: number }): Markup {
  return html`<div class="scroll" role="region" aria-label="Answer" tabindex="0"><pre>${answer.text}</pre></div>
<p><a href="/repositories/${answer.repositoryId}">Overview</a> · <a href="/repositories/${answer.repositoryId}/commands">All commands</a></p>`;
}
