import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OffbeatError } from '../../src/errors.ts';
import { weekView } from '../../src/http/dashboard/views/week.ts';
import { findOperation } from '../../src/operations/table.ts';
import { currentDecision } from '../../src/proposal/current-decision.ts';
import { openProposalOf } from '../../src/proposal/record.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { currentDecisionNow } from '../../src/usecases/configured-mode.ts';
import { planRepository } from '../../src/usecases/planning/plan-repository.ts';
import { leaveAlone } from '../../src/usecases/proposals/leave-alone.ts';
import { DAY_MS, fakeContext, NOW, OPEN_PULL, SEEN, watchNights } from './fakes.ts';

const PATHS = ['a', 'b', 'c', 'd'].map((name) => `.github/workflows/${name}.yml`);
const FILES = PATHS.map((path) => ({
  path,
  text: "on:\n  schedule:\n    - cron: '0 2 * * *'\njobs:\n  a:\n    runs-on: builders\n",
}));
const CONFIG = 'mode: suggest\nmin-confidence: 0\nmin-benefit: 0\nmax-shift: 12h\nmax-change-share: 0.5\n';

let fake: ReturnType<typeof fakeContext>;
const state = () => {
  const found = fake.store.states.get(SEEN.id);
  if (found === undefined) throw new Error('The repository is gone.');
  return found;
};

beforeEach(async () => {
  fake = fakeContext({ files: FILES, config: CONFIG, sha: 'a'.repeat(40), pull: OPEN_PULL });
  await watchNights(fake, PATHS, 10);
  await planRepository(fake.context, { repositoryId: SEEN.id, trigger: 'run' });
});

/** What an operation answers, as data. */
async function ask(name: string, input: object = {}): Promise<unknown> {
  const operation = findOperation(name);
  if (operation === undefined) throw new Error(`There is no operation ${name}.`);
  const done = await operation.answer(input, { context: fake.context, repositoryId: SEEN.id, actor: 'mona' });
  return done.data;
}

const Row = z.object({
  path: z.string(),
  cron: z.string(),
  to: z.string(),
  confidence: z.number(),
  today: z.object({ latenessMedianMinutes: z.number(), durationMedianSeconds: z.number() }).nullable(),
});
const Decided = z.object({ schedules: z.array(Row) });
const Reported = z.object({
  schedules: z.array(
    z.object({
      path: z.string(),
      cron: z.string(),
      to: z.string().nullable(),
      inPull: z.number().optional(),
      outlook: z.object({ latenessMedianMinutes: z.number(), durationMedianSeconds: z.number() }).nullable(),
    }),
  ),
});
const Foretold = z.object({
  path: z.string(),
  recommended_schedule: z.string(),
  confidence: z.number(),
  expected_duration_seconds: z.number(),
  reasoning: z.array(z.string()),
});

/** Every door's answer for each workflow: the time it recommends, and the figures that it tells. */
async function walk() {
  const explained = Decided.parse(await ask('explain'));
  const decided = Decided.parse(await ask('decision'));
  const reported = Reported.parse(await ask('report'));
  const { predictions } = z.object({ predictions: z.array(Foretold) }).parse(await ask('batch'));
  const rows = [];
  for (const path of PATHS) {
    const foretold = Foretold.parse(await ask('predict', { workflow: path }));
    const row = reported.schedules.find((one) => one.path === path);
    const inBatch = predictions.find((one) => one.path === path);
    // The batch parts what starts in one minute: where it differs it has to say so.
    const isParted = inBatch?.reasoning[0]?.includes('is the same minute as') === true;
    const batched = isParted ? foretold : inBatch;
    const find = <T extends { readonly path: string }>(all: readonly T[]) =>
      all.find((one) => one.path === path);
    rows.push({
      path,
      times: {
        report: row?.to ?? row?.cron,
        explain: find(explained.schedules)?.to,
        decision: find(decided.schedules)?.to,
        predict: foretold.recommended_schedule,
        batch: batched?.recommended_schedule,
      },
      lateness: [row?.outlook, find(explained.schedules)?.today].map((one) => one?.latenessMedianMinutes),
      durations: [row?.outlook, find(decided.schedules)?.today].map((one) => one?.durationMedianSeconds),
      foretoldDurations: [foretold, batched].map((one) => one?.expected_duration_seconds),
      sure: [find(explained.schedules), find(decided.schedules)].map((one) => one?.confidence),
      foretoldSure: [foretold, batched].map((one) => one?.confidence),
      inPull: row?.inPull,
      isParted,
      why: foretold.reasoning,
    });
  }
  return rows;
}

/** All doors say the same of each schedule. */
function agree(rows: Awaited<ReturnType<typeof walk>>): void {
  for (const { path, times, lateness, durations, foretoldDurations, sure, foretoldSure } of rows) {
    for (const [what, values] of Object.entries({
      times: Object.values(times),
      lateness,
      durations,
      foretoldDurations,
      sure,
      foretoldSure,
    })) {
      expect(new Set<unknown>(values).size, `${path}: ${what} ${JSON.stringify(values)}`).toBe(1);
    }
  }
}

describe('every door', () => {
  it('shows the times of the open pull request, and says that they are in it', async () => {
    const open = openProposalOf(state().proposals);
    expect(open?.moves).toHaveLength(2);
    const rows = await walk();
    agree(rows);
    for (const { path, from, to } of open?.moves ?? []) {
      const row = rows.find((one) => one.path === path);
      expect(row?.times.report).toBe(to);
      expect(row?.times.report).not.toBe(from);
      expect(row).toMatchObject({
        inPull: open?.pullNumber,
        isParted: false,
        why: ['It is proposed in #12.', ...(row?.why.slice(1) ?? [])],
      });
    }
    expect(rows.filter(({ inPull }) => inPull === undefined)).toHaveLength(2);
    const operation = findOperation('report');
    const report = await operation?.answer({}, { context: fake.context, repositoryId: SEEN.id, actor: null });
    expect(toMarkdown(report?.document ?? [])).toContain('in #12');
    expect(weekView(state(), NOW)?.moves).toBe(2);
  });

  it('says which run, or which round, a figure is of, and calls one figure impact', async () => {
    const page = async (name: string, input: object = {}) =>
      toMarkdown(
        (
          await findOperation(name)?.answer(input, {
            context: fake.context,
            repositoryId: SEEN.id,
            actor: null,
          })
        )?.document ?? [],
      );
    const foretold = await page('predict', { workflow: PATHS[0] });
    expect(foretold).toContain('Expected duration, next run');
    expect(foretold).toContain('Expected success, next run');
    expect(foretold).not.toMatch(/impact/i);
    expect(foretold).toMatch(/Beside other runs \| .* a week, (low|medium|high)( today)? \|/);
    expect(await page('report')).toContain('Expected at the present times by `d1`');
    expect(await page('cost')).toContain('Impact: minutes of the month ahead');
  });

  it('says the same of the largest impact in the report and in the cost', async () => {
    const Impact = z.object({ level: z.string(), share: z.number() });
    const Cost = z.object({ workflows: z.array(z.object({ path: z.string(), impact: Impact })) });
    const Ahead = z.object({
      runners: z.object({ largest: Impact.extend({ path: z.string() }) }).optional(),
    });
    const fortnight = 15;
    await watchNights(fake, PATHS, fortnight);
    const { workflows } = Cost.parse(await ask('cost'));
    const { runners } = Ahead.parse(await ask('report'));
    expect(runners?.largest).toEqual({ path: workflows[0]?.path, ...workflows[0]?.impact });
  });

  it('goes on saying that after a later round has found something else', async () => {
    fake.clock.at += 2 * DAY_MS;
    fake.repository.config = `${CONFIG}window: "02:00-03:00"\n`;
    await planRepository(fake.context, { repositoryId: SEEN.id, trigger: 'run' });
    const open = openProposalOf(state().proposals);
    const rows = await walk();
    agree(rows);
    for (const { path, to } of open?.moves ?? []) {
      expect(rows.find((one) => one.path === path)?.times.report).toBe(to);
    }
  });

  it('is not misled by a round for one workflow', async () => {
    const before = await walk();
    const open = openProposalOf(state().proposals)?.moves.map(({ key, to }) => ({ key, to })) ?? [];
    const still = before.find(({ inPull }) => inPull === undefined)?.path ?? '';
    await ask('optimize', { workflow: still });
    const narrowed = state().decisions.at(-1);
    expect(narrowed).toMatchObject({ narrowed: true });
    expect(openProposalOf(state().proposals)?.moves).toMatchObject(open);
    const rows = await walk();
    agree(rows);
    for (const row of rows.filter(({ path, inPull }) => path !== still && inPull !== undefined)) {
      expect(row.times.report).not.toBe('0 2 * * *');
    }
    expect(JSON.stringify(rows)).not.toMatch(/No other time keeps its meaning|for other schedules only/);
  });

  it('takes what people have asked for as it is now', async () => {
    const moved = openProposalOf(state().proposals)?.moves.map(({ path }) => path) ?? [];
    const [first = '', second = ''] = moved;
    for (const workflow of [first, second]) await ask('pin', { workflow });
    expect(openProposalOf(state().proposals)).toBeUndefined();
    await ask('snooze', { span: '30d' });
    const held = async () => {
      const { gates } = z
        .object({ gates: z.array(z.object({ gate: z.string(), passed: z.boolean() })) })
        .parse(await ask('decision'));
      return gates.filter(({ passed }) => !passed).map(({ gate }) => gate);
    };
    expect(await held()).toEqual(['snooze', 'moves']);
    fake.clock.at += 2 * DAY_MS;
    await planRepository(fake.context, { repositoryId: SEEN.id, trigger: 'run' });
    await ask('snooze', { span: 'off' });
    expect(await held()).not.toContain('snooze');
    const others = PATHS.filter((path) => !moved.includes(path));
    await ask('ignore', { workflow: others[0] });
    await ask('unignore', { workflow: first });
    const rows = await walk();
    agree(rows);
    const said = new Map(rows.map(({ path, why }) => [path, why[0]]));
    expect(said.get(first)).toBe('It may be moved again; the next planning round looks at it.');
    expect(said.get(second)).toMatch(/asked to leave this workflow/);
    expect(said.get(others[0] ?? '')).toMatch(/asked to leave this workflow/);
    const { schedules } = z
      .object({ schedules: z.array(z.object({ path: z.string(), outcome: z.string().nullable() })) })
      .parse(await ask('report'));
    expect(schedules.find(({ path }) => path === first)?.outcome).toBeNull();
    expect(schedules.find(({ path }) => path === others[0])?.outcome).toBe('refused');
  });

  it('agrees while a pinned workflow leaves the pull request', async () => {
    const pinned = openProposalOf(state().proposals)?.moves[0]?.path ?? '';
    await leaveAlone(fake.context, SEEN.id, { workflow: pinned, as: 'pinned', by: 'mona' });
    expect(openProposalOf(state().proposals)?.moves.map(({ path }) => path)).not.toContain(pinned);
    const rows = await walk();
    agree(rows);
    expect(rows.find(({ path }) => path === pinned)?.times.report).toBe('0 2 * * *');
    expect(
      currentDecision(state(), { now: NOW })?.schedules.find(({ path }) => path === pinned)?.outcome,
    ).toBe('refused');
  });

  it('keep what the round found of the mode while the configuration cannot be read', async () => {
    const modeGate = async (context = fake.context) =>
      (await currentDecisionNow(context, state()))?.gates.find(({ gate }) => gate === 'mode');
    const recorded = await modeGate();
    expect(recorded).toMatchObject({ passed: true });
    const connect = () => Promise.reject(new OffbeatError('github-refused', 'Not now.'));
    expect(await modeGate({ ...fake.context, github: { ...fake.context.github, connect } })).toEqual(
      recorded,
    );
  });
});
