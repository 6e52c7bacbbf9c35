import { type Answer, type Exchange, isSuccess, ok, refusal, type Upstream } from './exchange.ts';
import { asList, at, type Json, textAt } from './json.ts';

/** What answers are made from. */
export interface GraphqlContext {
  readonly upstream: Upstream;
  readonly sender: (exchange: Exchange) => Promise<Json>;
  /** The account of the installation, and the names of its repositories. */
  readonly owner: string;
  readonly repositories: readonly string[];
}

const NO_COMMIT = '0'.repeat(40);

/** What is asked of GitHub's GraphQL API here: who somebody is, and refs that are compared and set in one step. */
export async function answerGraphql(context: GraphqlContext, exchange: Exchange): Promise<Answer> {
  const query = textAt(exchange.body, 'query');
  if (/\bviewer\b/.test(query)) {
    const { login } = await context.sender(exchange);
    return ok({ data: { viewer: { login } } });
  }
  if (/\bupdateRefs\b/.test(query)) return updateRefs(context, exchange);
  if (/\bon Blob\b/.test(query)) return blobTexts(context, exchange, query);
  return refusal(400, 'This query is not emulated.');
}

async function blobTexts({ upstream }: GraphqlContext, exchange: Exchange, query: string): Promise<Answer> {
  const path = `/repos/${textAt(exchange.body, 'variables', 'owner')}/${textAt(exchange.body, 'variables', 'repo')}`;
  const repository: Record<string, Json | null> = {};
  for (const [, alias = '', sha = ''] of query.matchAll(/(\w+): object\(oid: "([0-9a-f]{40})"\)/g)) {
    const { authorization } = exchange;
    const blob = await upstream('GET', `${path}/git/blobs/${sha}`, { authorization });
    const text = Buffer.from(textAt(blob.body, 'content'), 'base64').toString('utf8');
    repository[alias] = isSuccess(blob)
      ? { text: text.slice(0, MOST_OF_TEXT), isTruncated: text.length > MOST_OF_TEXT }
      : null;
  }
  return ok({ data: { repository } });
}

/** GraphQL cuts longer texts and says so. */
const MOST_OF_TEXT = 512_000;

/** Refs change one after another, as under GitHub's lock. */
let turn: Promise<unknown> = Promise.resolve();

function updateRefs(context: GraphqlContext, exchange: Exchange): Promise<Answer> {
  const answered = turn.then(() => updateRefsNow(context, exchange));
  turn = answered.catch(() => undefined);
  return answered;
}

async function updateRefsNow(context: GraphqlContext, exchange: Exchange): Promise<Answer> {
  const input = at(exchange.body, 'variables', 'input');
  const path = await repositoryPath(context, textAt(input, 'repositoryId'));
  if (path === undefined) return failed('NOT_FOUND', 'Could not resolve to a node with the global id.');
  for (const update of asList(at(input, 'refUpdates'))) {
    const name = textAt(update, 'name').replace(/^refs\//, '');
    const found = await context.upstream('GET', `${path}/git/ref/${name}`);
    const now = isSuccess(found) ? textAt(found.body, 'object', 'sha') : NO_COMMIT;
    if (now !== textAt(update, 'beforeOid')) {
      return failed('UNPROCESSABLE', `refs/${name} is at ${now} but expected ${textAt(update, 'beforeOid')}`);
    }
    const sha = textAt(update, 'afterOid');
    const { authorization } = exchange;
    const set =
      now === NO_COMMIT
        ? await context.upstream('POST', `${path}/git/refs`, {
            authorization,
            body: { ref: `refs/${name}`, sha },
          })
        : await context.upstream('PATCH', `${path}/git/refs/${name}`, {
            authorization,
            body: { sha, force: true },
          });
    if (!isSuccess(set)) return failed('FORBIDDEN', textAt(set.body, 'message'));
  }
  return ok({ data: { updateRefs: { clientMutationId: null } } });
}

function failed(type: string, message: string): Answer {
  const errors = [{ type, path: ['updateRefs'], locations: [{ line: 1, column: 1 }], message }];
  return ok({ data: { updateRefs: null }, errors });
}

async function repositoryPath(
  { upstream, owner, repositories }: GraphqlContext,
  nodeId: string,
): Promise<string | undefined> {
  for (const name of repositories) {
    const path = `/repos/${owner}/${name}`;
    if (textAt((await upstream('GET', path)).body, 'node_id') === nodeId) return path;
  }
  return undefined;
}
