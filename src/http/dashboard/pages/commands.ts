import { html } from 'hono/html';
import type { Field } from '../../../operations/fields.ts';
import type { AnyOperation } from '../../../operations/operation.ts';
import type { Document } from '../../../render/document.ts';
import { documentMarkup } from './document.ts';
import { EMPTY, type Markup, sentence } from './markup.ts';

export interface Commands {
  readonly repositoryId: number;
  readonly operations: readonly AnyOperation[];
  readonly formToken: string;
  readonly mayWrite: boolean;
  /** Files of the workflows that are known, for the fields that name one. */
  readonly workflows: readonly string[];
}

/** Headings, by the operations under them, in the order in which they are listed. */
const GROUPS: readonly (readonly [heading: string, operations: readonly string[]])[] = [
  ['Ask', ['report', 'scorecard', 'explain', 'predict', 'batch', 'simulate', 'health', 'help']],
  ['Past runs', ['history', 'insights', 'accuracy']],
  ['Inside runs', ['bottlenecks', 'capacity', 'cost', 'load']],
  ['Alerts', ['alerts', 'acknowledge']],
  ['Plan and propose', ['optimize', 'apply', 'on-time', 'undo', 'snooze']],
  ['Leave a workflow alone', ['pin', 'ignore', 'unignore']],
  ['Mode', ['observe', 'suggest', 'pause', 'resume']],
  ['Learning', ['evolve', 'adapt', 'record', 'export', 'import']],
];
const OTHERS = 'Others';

const WORKFLOW_FIELDS: ReadonlySet<string> = new Set(['workflow']);

/** Every operation as a form, made from the same table as all other doors. */
export function commandsPage(commands: Commands): Markup {
  const { operations, mayWrite } = commands;
  const groupOf = ({ name }: AnyOperation): string =>
    GROUPS.find(([, names]) => names.includes(name))?.[0] ?? OTHERS;
  const groups = Map.groupBy(operations, groupOf);
  return html`<p>The same commands as in comments, on the command line and in the API.${
    mayWrite ? '' : ' Those that change something are for people who may write to the repository on GitHub.'
  }</p>
${[...GROUPS.map(([heading]) => heading), OTHERS].map((heading) => {
  const own = groups.get(heading) ?? [];
  return own.length === 0
    ? EMPTY
    : html`<section><h2>${heading}</h2>
<div class="cards">${own.map((operation) => commandCard(operation, commands))}</div></section>`;
})}`;
}

function commandCard(
  operation: AnyOperation,
  { repositoryId, formToken, mayWrite, workflows }: Commands,
): Markup {
  const allowed = mayWrite || operation.permission === 'read';
  return html`<details class="card" id="command-${operation.name}">
<summary><b><code>${operation.name}</code></b> ${sentence(operation.summary)}</summary>
${
  allowed
    ? html`<form class="command" method="post" action="/repositories/${repositoryId}/commands/${operation.name}">
<input type="hidden" name="form" value="${formToken}">
${operation.fields.map((field) => fieldInput(operation.name, field, workflows))}
<p><button>Run ${operation.name}</button></p></form>`
    : html`<p class="quietly">It takes write access on GitHub.</p>`
}</details>`;
}

function fieldInput(operation: string, field: Field, workflows: readonly string[]): Markup {
  const id = `${operation}-${field.flag}`;
  const words = field.flag.replaceAll('-', ' ');
  const required = field.required ? html` required` : EMPTY;
  const hint =
    field.description === '' ? EMPTY : html`<small id="${id}-hint">${sentence(field.description)}</small>`;
  const described = field.description === '' ? EMPTY : html` aria-describedby="${id}-hint"`;
  if (field.kind === 'switch') {
    const box = html`<input type="checkbox" name="${field.flag}" value="true"${described}>`;
    return html`<p><label>${box} ${words}</label> ${hint}</p>`;
  }
  const label = html`<label for="${id}">${words}${field.required ? '' : ' (may be left empty)'}</label>`;
  const choices = WORKFLOW_FIELDS.has(field.name) && field.kind === 'text' ? workflows : field.choices;
  if (choices.length > 0) {
    const options = choices.map((choice) => html`<option>${choice}</option>`);
    return html`<p>${label} <select id="${id}" name="${field.flag}"${required}${described}>
<option value=""></option>${options}</select> ${hint}</p>`;
  }
  const mode = field.kind === 'number' ? html` inputmode="decimal"` : EMPTY;
  const attributes = html`autocomplete="off"${mode}${required}${described}`;
  return html`<p>${label} <input id="${id}" name="${field.flag}" ${attributes}> ${hint}</p>`;
}

export function answerPage(answer: { readonly document: Document; readonly repositoryId: number }): Markup {
  const repository = `/repositories/${answer.repositoryId}`;
  return html`${documentMarkup(answer.document)}
<p><a href="${repository}">Overview</a> · <a href="${repository}/commands">All commands</a></p>`;
}
