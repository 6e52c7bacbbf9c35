import type { EmulatedActions } from './emulated-actions.ts';
import { type Answer, type Exchange, refusal } from './exchange.ts';

/*
 * Endpoints of Actions that start, stop and show what the emulator does not know of.
 */

const REPOSITORY = /^\/repos\/([^/]+\/[^/]+)\/actions\/(.+)$/;
const WORKFLOW = /^workflows\/([^/]+)(?:\/(dispatches|enable|disable))?$/;
const RUN = /^runs\/(\d+)\/(cancel|force-cancel|concurrency_groups)$/;

/** The answer of Actions; `undefined` where another part is asked. */
export async function answerActions(
  actions: EmulatedActions,
  exchange: Exchange,
): Promise<Answer | undefined> {
  const [, repository, rest] = REPOSITORY.exec(exchange.path) ?? [];
  if (repository === undefined || rest === undefined) return undefined;
  const [, name, act] = WORKFLOW.exec(rest) ?? [];
  if (name !== undefined) return answerWorkflow(actions, exchange, repository, name, act);
  const [, id, asked] = RUN.exec(rest) ?? [];
  if (id === undefined) return undefined;
  if (exchange.method === 'POST' && asked !== 'concurrency_groups')
    return actions.cancel(exchange, repository, Number(id));
  return exchange.method === 'GET' ? actions.groups(repository, Number(id)) : undefined;
}

async function answerWorkflow(
  actions: EmulatedActions,
  exchange: Exchange,
  repository: string,
  name: string,
  act: string | undefined,
): Promise<Answer | undefined> {
  const { method } = exchange;
  if (method === 'POST' && act === 'dispatches') return actions.dispatch(exchange, repository, name);
  if (method === 'PUT' && (act === 'enable' || act === 'disable'))
    return actions.enable(exchange, repository, name, act === 'enable');
  if (method !== 'GET' || act !== undefined) return undefined;
  const workflow = await actions.findWorkflow(repository, name);
  if (workflow === undefined) return refusal(404, 'Not Found');
  return { status: 200, body: workflowView(actions, repository, workflow) };
}

/** GitHub writes when a workflow was first seen; of these nobody knows. */
const WORKFLOWS_SINCE = '2026-01-01T00:00:00Z';

/** A workflow as the API shows it. */
export function workflowView(
  actions: EmulatedActions,
  repository: string,
  { id, path }: { readonly id: number; readonly path: string },
): Readonly<Record<string, unknown>> {
  const name = path.split('/').at(-1) ?? '';
  return {
    id,
    node_id: `W_${id}`,
    name,
    path,
    state: actions.stateOf(repository, path),
    created_at: WORKFLOWS_SINCE,
    updated_at: WORKFLOWS_SINCE,
    url: `https://api.github.com/repos/${repository}/actions/workflows/${id}`,
    html_url: `https://github.com/${repository}/blob/main/${path}`,
    badge_url: `https://github.com/${repository}/workflows/${name}/badge.svg`,
  };
}
