import { describe, expect, it } from 'vitest';
import { seenRun } from '../../src/events/from-payload.ts';
import { parsePayload } from '../../src/events/payloads.ts';
import { runsFromRest } from '../../src/github/rest-run.ts';
import { findOperation } from '../../src/operations/table.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import { observeRun } from '../../src/usecases/learning/observe-run.ts';
import { scheduledRun } from '../http/webhook/sample.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../usecases/fakes.ts';

const PATH = '.github/workflows/deploy@prod.yml';
const DAYS = 5;

function runOf(day: number): object {
  const created_at = new Date(NOW - (DAYS - day) * DAY_MS).toISOString();
  const updated_at = new Date(NOW - (DAYS - day) * DAY_MS + 600_000).toISOString();
  return scheduledRun(100 + day, {
    path: `${PATH}@refs/heads/main`,
    created_at,
    run_started_at: created_at,
    updated_at,
  });
}

describe('a workflow file with an "@" in its name', () => {
  it('is learned from events and planned', async () => {
    const text = 'on:\n  schedule:\n    - cron: "0 2 * * *"\njobs:\n  a:\n    runs-on: ubuntu-latest\n';
    const fake = fakeContext({ files: [{ path: PATH, text }] });
    await meetRepository(fake.context, SEEN);
    for (let day = 0; day < DAYS; day += 1) {
      await observeRun(fake.context, SEEN, seenRun(parsePayload('workflow_run', runOf(day))));
    }
    const where = { context: fake.context, repositoryId: SEEN.id, actor: 'mona' };
    await findOperation('optimize')?.answer({}, where);
    const [line] = fake.store.states.get(SEEN.id)?.decisions.at(-1)?.schedules ?? [];
    expect(line).toMatchObject({ path: PATH, runsSeen: DAYS });
  });

  it('is known by its name in a list of runs', () => {
    const { workflow_run } = runOf(1) as { workflow_run: object };
    expect(runsFromRest([workflow_run])).toMatchObject([{ path: PATH }]);
  });
});
