import pg from 'pg';

/** A database of its own on the server that `BENCH_DATABASE_URL` names; `null` where it names none. */
export async function benchDatabase(): Promise<{
  readonly url: string;
  drop(): Promise<void>;
} | null> {
  const server = process.env.BENCH_DATABASE_URL;
  if (server === undefined) return null;
  const name = `offbeat_bench_${process.pid}`;
  const ask = async (statement: string): Promise<void> => {
    const admin = new pg.Client({ connectionString: server });
    await admin.connect();
    await admin.query(statement);
    await admin.end();
  };
  await ask(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => ask(`drop database ${name} with (force)`) };
}
