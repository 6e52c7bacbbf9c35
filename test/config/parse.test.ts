import { describe, expect, it } from 'vitest';
import { Config } from '../../src/config/config.ts';
import { mergeConfig } from '../../src/config/merge.ts';
import { parseConfig, parseConfigText, resolveConfig } from '../../src/config/parse.ts';
import { ConfigInvalidError } from '../../src/config/problem.ts';

const DEFAULTS = {
  'min-confidence': 0.6,
  'min-benefit': 0.1,
  'max-change-share': 0.3,
  'dwell-days': 14,
  'max-edits': 1,
  optimise: 'times',
  'bottleneck-share': 0.8,
  'share-learning': false,
  'sign-off': false,
  'pull-request': { 'title-prefix': '', labels: [], reviewers: [], assignees: [] },
  dashboard: false,
  scorecard: 'off',
  runners: { plan: 'free', 'max-jobs': {}, shared: [], billed: false, prices: {} },
  weights: { overlap: 1, lateness: 1, failure: 1, cost: 1 },
  commands: { prefix: false, who: 'write' },
  workflows: {},
};

function errorOf(text: string, path?: string): ConfigInvalidError {
  try {
    parseConfig(text, path);
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseConfig', () => {
  it.each([
    [''],
    ['# nothing yet\n'],
    ['---\n'],
    ['{}\n'],
    ['\uFEFF'],
    ['mode:\n'.replace('mode:', '# mode:')],
  ])('takes the defaults for %j', (text) => {
    expect(parseConfig(text)).toEqual(DEFAULTS);
  });

  it('reads every key', () => {
    const text = [
      '_extends: acme/.github',
      'mode: suggest',
      'min-confidence: 0.8',
      'min-benefit: 0',
      'max-change-share: 1',
      'dwell-days: 30',
      'max-edits: 1.5',
      'optimise: jobs',
      'bottleneck-share: 0.7',
      'share-learning: true',
      'sign-off: true',
      'pull-request: { branch: chore/offbeat, title-prefix: "chore:", labels: [ci], reviewers: [mona, acme/ops], assignees: [mona] }',
      'dashboard: true',
      'scorecard: monthly',
      'window: "22:00-05:00"',
      'finish-by: 07:00',
      'not-before: "01:00"',
      'max-shift: 2h',
      'blackout: ["12:00-13:00"]',
      'runners: { plan: team, billed: true, max-jobs: { gpu: 2 }, shared: [gpu, macos], prices: { gpu: 0.5 } }',
      'weights: { lateness: 2 }',
      'workflows:',
      '  nightly.yml: { pin: true }',
      '  .github/workflows/report.yml:',
      '    max-shift: 30m',
      '',
    ].join('\r\n');
    expect(parseConfig(text)).toEqual({
      _extends: 'acme/.github',
      mode: 'suggest',
      'min-confidence': 0.8,
      'min-benefit': 0,
      'max-change-share': 1,
      'dwell-days': 30,
      'max-edits': 1.5,
      optimise: 'jobs',
      'bottleneck-share': 0.7,
      'share-learning': true,
      'sign-off': true,
      'pull-request': {
        branch: 'chore/offbeat',
        'title-prefix': 'chore:',
        labels: ['ci'],
        reviewers: ['mona', 'acme/ops'],
        assignees: ['mona'],
      },
      dashboard: true,
      scorecard: 'monthly',
      window: '22:00-05:00',
      'finish-by': '07:00',
      'not-before': '01:00',
      'max-shift': '2h',
      blackout: ['12:00-13:00'],
      runners: {
        plan: 'team',
        billed: true,
        'max-jobs': { gpu: 2 },
        shared: ['gpu', 'macos'],
        prices: { gpu: 0.5 },
      },
      weights: { overlap: 1, lateness: 2, failure: 1, cost: 1 },
      commands: { prefix: false, who: 'write' },
      workflows: { 'nightly.yml': { pin: true }, '.github/workflows/report.yml': { 'max-shift': '30m' } },
    });
  });

  it.each([
    ['pull-request: { label: [ci] }\n', '1:17', 'Did you mean "labels"?'],
    ['pull-request: { branch: main }\n', '1:25', 'Write a branch name with "offbeat" in it'],
    ['pull-request: { branch: offbeat/../main }\n', '1:25', 'Write a branch name with'],
    ['windo: "01:00-05:00"\n', '1:1', 'Did you mean "window"?'],
    ['\n\n  \nmin_confidence: 1\n', '4:1', 'Did you mean "min-confidence"?'],
    ['weights:\n  latenes: 2\n', '2:3', 'Did you mean "lateness"?'],
    ['workflows:\n  a.yml:\n    pinn: true\n', '3:5', 'Did you mean "pin"?'],
    ['favourite-colour: green\n', '1:1', 'Known keys here are _extends, mode,'],
    ['mode: sugest\n', '1:7', 'Did you mean "suggest"? Write one of observe, suggest, pause.'],
    ['workflows: { a.yml: { on-time: punktual } }\n', '1:32', 'Did you mean "punctual"?'],
    ['mode: loud\n', '1:7', 'Write one of observe, suggest, pause.'],
    ['mode: 3\n', '1:7', 'Write one of observe, suggest, pause.'],
    ['min-confidence: 1.5\n', '1:17', 'Write at most 1.'],
    ['dwell-days: 0\n', '1:13', 'Write at least 1.'],
    ['dwell-days: 1.5\n', '1:13', 'Write a whole number.'],
    ['min-benefit: much\n', '1:14', 'Write a number.'],
    ['finish-by: 7:00\n', '1:12', 'HH:MM'],
    ['finish-by: 420\n', '1:12', 'Write a time of day as HH:MM in quotes'],
    ['catch-up-within: 0\n', '1:18', 'Write a span as a number and m, h or d'],
    ['window: 5\n', '1:9', 'Write a window as HH:MM-HH:MM in quotes'],
    ['sign-off: perhaps\n', '1:11', 'Write true or false.'],
    ['rescue-after: 100d\n', '1:15', 'Write at most "1d"'],
    ['workflows: { a.yml: { catch-up-within: 25h } }\n', '1:40', 'Write at most "1d"'],
    [
      'workflows: { a.yml: { on-time-inputs: { a: [1] } } }\n',
      '1:44',
      'Write text, a number, or true or false.',
    ],
    ['pull-request: { labels: [""] }\n', '1:26', 'Write text of at least 1 character.'],
    ['window: "05:00-05:00"\n', '1:9', 'A window needs two different times.'],
    ['max-shift: half an hour\n', '1:12', '"30m"'],
    ['workflows: [a.yml]\n', '1:12', 'Write a mapping'],
    ['failures-mention: mona\n', '1:19', 'Write a list'],
    ['workflows:\n  a.yml: pin\n', '2:10', 'Write a mapping'],
    ['_extends: https://example.org/x\n', '1:11', 'owner/repo'],
    ['- mode: observe\n', '1:1', 'Write a mapping'],
    ['mode: observe\nmode: suggest\n', '2:1', 'Until then Offbeat plans nothing here.'],
    ['mode: [\n', '2:1', 'Until then Offbeat plans nothing here.'],
    ['mode: observe\n---\nmode: suggest\n', '2:1', 'Until then Offbeat plans nothing here.'],
  ])('says place and remedy for %j', (text, place, fix) => {
    const error = errorOf(text);
    expect(error.code).toBe('config-invalid');
    expect(error.where).toBe(`.github/offbeat.yml:${place}`);
    expect(error.fix).toContain(fix);
    expect(error.message).toMatch(/\S/);
  });

  it('lists all problems in the order of the file', () => {
    const error = errorOf('mode: sugest\nwindo: x\nworkflows:\n  a.yml:\n    max-shift: 3\n', 'team.yml');
    expect(error.problems.map(({ line, column }) => `${line}:${column}`)).toEqual(['1:7', '2:1', '5:16']);
    expect(error.where).toBe('team.yml:1:7');
    expect(error.sentence.match(/team\.yml:\d+:\d+: /g)).toEqual([
      'team.yml:1:7: ',
      'team.yml:2:1: ',
      'team.yml:5:16: ',
    ]);
    expect(error.sentence).toContain('Did you mean "window"?');
  });

  it('is not fooled by keys that every object has', () => {
    expect(errorOf('constructor: 1\ntoString: 2\n').problems).toHaveLength(2);
    expect(errorOf('__proto__: { mode: suggest }\n').problems).toHaveLength(1);
  });
});

describe('what extends another config', () => {
  it('is merged before the defaults, mappings key by key', () => {
    const base = parseConfigText(
      'mode: suggest\nmin-confidence: 0.9\nweights: { overlap: 3 }\nworkflows: { a.yml: { pin: true, max-shift: 1h } }\n',
    );
    const over = parseConfigText(
      'min-benefit: 0.2\nweights: { failure: 0 }\nworkflows: { a.yml: { pin: false }, b.yml: { pin: true } }\n',
    );
    expect(resolveConfig([base, over])).toEqual({
      ...DEFAULTS,
      mode: 'suggest',
      'min-confidence': 0.9,
      'min-benefit': 0.2,
      weights: { overlap: 3, lateness: 1, failure: 0, cost: 1 },
      workflows: { 'a.yml': { pin: false, 'max-shift': '1h' }, 'b.yml': { pin: true } },
    });
  });

  it('gives the defaults for no file at all', () => {
    expect(resolveConfig([])).toEqual(Config.parse({}));
  });

  it.each([
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: { b: 1 } }, { a: 2 }, { a: 2 }],
    [{ a: 1 }, { a: { b: 2 } }, { a: { b: 2 } }],
    [{ a: 1 }, {}, { a: 1 }],
    [{}, { a: null }, { a: null }],
  ])('merges %j with %j', (base, over, merged) => {
    expect(mergeConfig(base, over)).toEqual(merged);
  });

  it('does not reach into the prototype', () => {
    mergeConfig({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect('polluted' in {}).toBe(false);
  });
});
