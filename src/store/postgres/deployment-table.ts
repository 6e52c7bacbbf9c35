import { sql } from 'kysely';
import { type Database, type Transaction, withDatabaseErrors } from '../../database/connect.ts';
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
      const { rows } = await withDatabaseErrors(() =>
        sql<{ deployment: unknown }>`select deployment from offbeat.deployment`.execute(database),
      );
      const deployment = parse(rows[0]?.deployment);
      known = { at: performance.now(), deployment };
      return deployment;
    },
    async change(update) {
      const work = database.transaction();
      const next = await withDatabaseErrors(() =>
        work.execute(async (transaction) => {
          await sql`lock table offbeat.deployment in share row exclusive mode`.execute(transaction);
          const { rows } = await sql<{
            deployment: unknown;
          }>`select deployment from offbeat.deployment`.execute(transaction);
          const { deployment, problem } = read(rows[0]?.deployment);
          const changed =
            problem === null ? Deployment.parse(update(deployment)) : changedUnread(update, problem);
          // It may hold rollouts that an operator wants back.
          if (problem !== null) await keepUnread(transaction, rows[0]?.deployment);
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

async function keepUnread(transaction: Transaction, deployment: unknown): Promise<void> {
  await sql`insert into offbeat.operator_audit (action, details)
    values ('unreadable-deployment-replaced', ${jsonText({ deployment })}::jsonb)`.execute(transaction);
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
