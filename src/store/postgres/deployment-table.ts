import { sql } from 'kysely';
import { type Database, named } from '../../database/connect.ts';
import { jsonText } from '../../database/json-text.ts';
import type { OffbeatError } from '../../errors.ts';
import { Deployment, emptyDeployment } from '../../proposal/deployment.ts';
import type { Deployments } from '../../usecases/ports.ts';
import { changedUnread, deploymentUnreadable } from '../unreadable-deployment.ts';

/** A stop takes effect everywhere within this time. */
const FRESH_MS = 2_000;

/** The operator's decisions, shared by all processes. Throws `stop-unreadable` where they cannot be read. */
export function openDeploymentTable(database: Database): Deployments {
  let known: { readonly at: number; readonly deployment: Deployment } | undefined;
  return {
    async load() {
      if (known !== undefined && performance.now() - known.at < FRESH_MS) return known.deployment;
      const { rows } = await named(() =>
        sql<{ deployment: unknown }>`select deployment from offbeat.deployment`.execute(database),
      );
      const deployment = parse(rows[0]?.deployment);
      known = { at: performance.now(), deployment };
      return deployment;
    },
    async change(update) {
      const work = database.transaction();
      const next = await named(() =>
        work.execute(async (transaction) => {
          await sql`lock table offbeat.deployment in share row exclusive mode`.execute(transaction);
          const { rows } = await sql<{
            deployment: unknown;
          }>`select deployment from offbeat.deployment`.execute(transaction);
          const changed = changedBy(update, rows[0]?.deployment);
          await sql`insert into offbeat.deployment (deployment) values (${jsonText(changed)}::jsonb)
          on conflict (only_row) do update set deployment = excluded.deployment`.execute(transaction);
          return changed;
        }),
      );
      known = undefined;
      return next;
    },
  };
}

function changedBy(update: (deployment: Deployment) => Deployment, value: unknown): Deployment {
  const { deployment, problem } = read(value);
  return problem === null ? Deployment.parse(update(deployment)) : changedUnread(update, problem);
}

function parse(value: unknown): Deployment {
  const { deployment, problem } = read(value);
  if (problem !== null) throw problem;
  return deployment;
}

function read(
  value: unknown,
):
  | { readonly deployment: Deployment; readonly problem: null }
  | { readonly deployment: null; readonly problem: OffbeatError } {
  if (value === undefined) return { deployment: emptyDeployment(), problem: null };
  const parsed = Deployment.safeParse(value);
  return parsed.success
    ? { deployment: parsed.data, problem: null }
    : { deployment: null, problem: deploymentUnreadable('table offbeat.deployment', parsed.error) };
}
