import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { blackoutsFor, isFollowedBy } from '../../src/config/rules.ts';
import { runnersOf } from '../../src/config/runner-names.ts';
import { jobLimits, pricePerMinute, sharedRunners } from '../../src/config/runners.ts';

describe('runners', () => {
  it.each([
    [['ubuntu-latest'], 'standard'],
    [['windows-2025'], 'standard'],
    [['macos-15'], 'macos'],
    [['self-hosted', 'linux', 'x64', 'gpu'], 'gpu'],
    [['self-hosted', 'macOS', 'arm64'], 'self-hosted'],
    [[], 'standard'],
  ])('of %j are %s', (labels, name) => {
    expect(runnersOf(labels)).toBe(name);
  });

  it.each([
    [['ubuntu-24.04'], 0.006],
    [['ubuntu-slim'], 0.002],
    [['ubuntu-latest-4-cores'], 0.012],
    [['windows-latest'], 0.01],
    [['macos-latest'], 0.062],
    [['macos-14-large'], 0.077],
    [['self-hosted', 'gpu'], 0.5],
    [['self-hosted'], 0],
    [['constructor'], 0],
  ])('of %j cost %d USD a minute where they are billed', (labels, usd) => {
    expect(pricePerMinute(parseConfig('runners: { billed: true, prices: { gpu: 0.5 } }\n'), labels)).toBe(
      usd,
    );
  });

  it('cost nothing in public repositories', () => {
    expect(pricePerMinute(parseConfig(''), ['ubuntu-latest'])).toBe(0);
  });

  it('are as many as the plan has, unless it was written down', () => {
    expect(jobLimits(parseConfig(''))).toEqual({ standard: 20, macos: 5 });
    expect(
      jobLimits(parseConfig('runners: { plan: enterprise, max-jobs: { gpu: 2, standard: 100 } }\n')),
    ).toEqual({
      standard: 100,
      macos: 50,
      gpu: 2,
    });
  });
});

describe('shared runners', () => {
  it('go by their names, each once, in whatever case and order they are written', () => {
    const text = 'runners: { shared: [Standard, GPU, gpu, macos], max-jobs: { Gpu: 3 } }\n';
    expect(sharedRunners(parseConfig(text))).toEqual(['gpu', 'macos', 'standard']);
    expect(jobLimits(parseConfig(text)).gpu).toBe(3);
    expect(sharedRunners(parseConfig(''))).toEqual([]);
  });

  it.each([
    ['gpu', '"gpu" are shared, but not how many', 'max-jobs: { gpu: 4 }'],
    ['ubuntu-latest', '"ubuntu-latest" is no name', 'Write standard.'],
    ['linux', '"linux" is no name', 'Write self-hosted.'],
    ['constructor', '"constructor" are shared, but not how many', 'max-jobs: { constructor: 4 }'],
  ])('are refused at their place where %s is all that is said', (label, sentence, fix) => {
    const text = `mode: observe\nrunners:\n  max-jobs: { tpu: 2 }\n  shared:\n    - tpu\n    - ${label}\n`;
    expect(() => parseConfig(text)).toThrow(
      expect.objectContaining({
        problems: [
          {
            line: 6,
            column: 7,
            sentence: expect.stringContaining(sentence),
            fix: expect.stringContaining(fix),
          },
        ],
      }),
    );
  });
});

describe('rules that bind the planner', () => {
  const config = parseConfig(
    'blackout: ["12:00-13:00"]\nworkflows: { nightly.yml: { blackout: ["23:30-00:30"], after: [build.yml] } }\n',
  );

  it('are the general blackouts and those of the workflow', () => {
    const general = { fromMinute: 720, toMinute: 780 };
    expect(blackoutsFor(config, '.github/workflows/other.yml')).toEqual([general]);
    expect(blackoutsFor(config, '.github/workflows/nightly.yml')).toEqual([
      general,
      { fromMinute: 1410, toMinute: 30 },
    ]);
  });

  it('name the files that come before', () => {
    expect(isFollowedBy(config, '.github/workflows/nightly.yml')('.github/workflows/build.yml')).toBe(true);
    expect(isFollowedBy(config, '.github/workflows/build.yml')('.github/workflows/nightly.yml')).toBe(false);
  });
});
