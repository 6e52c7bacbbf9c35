import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { limitsFor } from '../../../src/config/rules.ts';
import { movesLeft } from '../../../src/usecases/planning/moves-left.ts';
import { readWorkflowFiles } from '../../../src/workflow/read-repository.ts';

function workflow(name: string, ...crons: readonly string[]) {
  const entries = crons.map((cron) => `    - cron: ${cron}\n`).join('');
  return { path: `.github/workflows/${name}`, text: `on:\n  schedule:\n${entries}jobs: {}\n` };
}

/** Why each schedule is left alone, in order; `null` where it may move. */
function refusals(sources: readonly { path: string; text: string }[], text = '') {
  const config = parseConfig(text);
  return readWorkflowFiles(sources).flatMap((file) =>
    file.schedules.map((schedule) => movesLeft(file, schedule, limitsFor(config, schedule)).refusal),
  );
}

describe('an order that a comment names', () => {
  const sources = [
    workflow('nightly.yml', "'0 2 * * *' # at 2 AM"),
    workflow('report.yml', "'30 4 * * *' # 2h30m after nightly.yml"),
  ];

  it('holds back the workflow that waits and the one that it waits for', () => {
    expect(refusals(sources).map((refusal) => refusal?.code)).toEqual(['written-order', 'written-order']);
    expect(refusals(sources)[0]?.sentence).toContain(
      '"2h30m after nightly.yml" in .github/workflows/report.yml',
    );
  });

  it.each([
    ['DO NOT CHANGE', 'asked-to-stay'],
    ['do not move: the partner opens at two', 'asked-to-stay'],
    ['do not change, runs 2 h after the tests', 'written-order'],
  ])('is told from a bare wish to stay, which `pin` says: %s', (comment, code) => {
    const [refusal] = refusals([workflow('a.yml', `'0 2 * * *' # ${comment}`)]);
    expect(refusal?.code).toBe(code);
    expect(refusal?.sentence.includes('offbeat: pin')).toBe(code === 'asked-to-stay');
    expect(
      refusals(
        [workflow('a.yml', `'0 2 * * *' # ${comment}`)],
        'workflows: { a.yml: { window: "01:00-05:00" } }',
      ),
    ).toEqual([null]);
  });

  it('lets both move where the configuration binds it', () => {
    const config = 'workflows:\n  report.yml:\n    after: [nightly.yml]\n';
    expect(refusals(sources, config)).toEqual([null, null]);
  });
});

describe('schedules that make an even beat together', () => {
  it.each([
    ['every 90 minutes', ["'0 0-21/3 * * *'", "'30 1-22/3 * * *'"], '90'],
    ['thrice a day', ["'0 0 * * *'", "'0 8 * * *'", "'0 16 * * *'"], '480'],
  ])('are left alone: %s', (_, crons, minutes) => {
    const found = refusals([workflow('a.yml', ...crons)]);
    expect(found.map((refusal) => refusal?.code)).toEqual(crons.map(() => 'in-step'));
    expect(found[0]?.sentence).toContain(`every ${minutes} minutes`);
  });

  it.each([
    ['they tick twice a day', ["'0 0 * * *'", "'0 12 * * *'"]],
    ['the days differ', ["'0 0-21/3 * * *'", "'30 1-22/3 * * 1'"]],
    ['the zones differ', ["'0 0-21/3 * * *'", "'30 1-22/3 * * *'\n      timezone: Asia/Tokyo"]],
    ['the beat is uneven', ["'0 0-21/3 * * *'", "'30 0-21/3 * * *'"]],
    ['one of them is alone', ["'0 */3 * * *'"]],
    [
      'a rule of its own is written beside each',
      ["'0 0-21/3 * * *' # offbeat: max-shift=1h", "'30 1-22/3 * * *' # offbeat: max-shift=1h"],
    ],
  ])('may move where %s', (_, crons) => {
    expect(refusals([workflow('a.yml', ...crons)])).toEqual(crons.map(() => null));
  });
});

describe('a cron that stands twice in a file', () => {
  it('is left alone at both places, as GitHub starts one run for them', () => {
    const found = refusals([workflow('a.yml', "'23 4 * * 1'", "'23 4 * * 1'", "'40 6 * * 1'")]);
    expect(found.map((refusal) => refusal?.code ?? null)).toEqual(['same-cron', 'same-cron', null]);
  });

  it.each([
    ['in two files', [workflow('a.yml', "'23 4 * * 1'"), workflow('b.yml', "'23 4 * * 1'")]],
    ['in two zones', [workflow('a.yml', "'23 4 * * 1'", "'23 4 * * 1'\n      timezone: Asia/Tokyo")]],
  ])('may move where it stands %s', (_, sources) => {
    expect(refusals(sources)).toEqual([null, null]);
  });
});
