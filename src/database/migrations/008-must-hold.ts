import { type Kysely, sql } from 'kysely';

/** Version 8: has a statement fail whose parts do not fit together, so that writing, checking and settling can be one. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create function offbeat.must_hold(holds boolean) returns boolean language plpgsql as $$
      begin
        if holds then
          return true;
        end if;
        raise exception 'changed meanwhile' using errcode = 'serialization_failure';
      end $$`,
    )
    .execute(database);
}
