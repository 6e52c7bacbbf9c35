import { describe, expect, it } from 'vitest';
import { onTimeRules } from '../../src/config/on-time.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';

const PATH = '.github/workflows/nightly.yml';

function rules(config: string, { punctual = false, commanded = null as 'rescue' | 'off' | null } = {}) {
  const schedules = [{ directives: {} }, { directives: punctual ? { punctual } : {} }];
  return onTimeRules(parseConfig(config), PATH, { schedules, commanded });
}

describe('onTimeRules', () => {
  it('is off where nobody has said anything', () => {
    expect(rules('')).toEqual({
      mode: 'off',
      said: null,
      net: 'own',
      rescueAfterMs: null,
      catchUpMs: null,
      inputs: {},
      manualServes: false,
      failures: 'issue',
    });
  });

  it('takes the directive of any cron before the workflow, that before the general part, and the command last', () => {
    const general = 'on-time: rescue\n';
    const both = `${general}workflows: { nightly.yml: { on-time: off } }\n`;
    expect(rules(general)).toMatchObject({ mode: 'rescue', said: 'config' });
    expect(rules(both)).toMatchObject({ mode: 'off', said: 'config' });
    expect(rules(both, { punctual: true })).toMatchObject({ mode: 'punctual', said: 'directive' });
    expect(rules(general, { commanded: 'off' }).mode).toBe('rescue');
    expect(rules('', { commanded: 'rescue' })).toMatchObject({ mode: 'rescue', said: 'command' });
  });

  it('is off for the workflow that runs Offbeat, whoever has asked', () => {
    const schedules = [{ directives: { punctual: true } }];
    const own = { schedules, runsOffbeat: true, commanded: 'punctual' } as const;
    expect(onTimeRules(parseConfig('on-time: punctual\n'), PATH, own)).toMatchObject({
      mode: 'off',
      said: null,
    });
  });

  it('reads each key by itself', () => {
    const config =
      'net: cron\nrescue-after: 30m\nfailures: off\nworkflows: { nightly.yml: { net: none, catch-up-within: 2h, manual-serves: true, on-time-inputs: { dry-run: false } } }\n';
    expect(rules(config)).toMatchObject({
      net: 'none',
      rescueAfterMs: 1_800_000,
      catchUpMs: 7_200_000,
      manualServes: true,
      failures: 'off',
      inputs: { 'dry-run': false },
    });
  });

  it.each([
    ['on-time: always\n', 'on-time'],
    ['net: yes\n', 'net'],
    ['rescue-after: soon\n', 'rescue-after'],
    ['on-time-by: "Off Beat"\n', 'on-time-by'],
  ])('refuses %j', (config, words) => {
    expect(() => rules(config)).toThrow(new RegExp(words, 'i'));
  });

  it('knows the directive beside a cron', () => {
    const text = `on:\n  schedule:\n    - cron: '0 3 * * *' # offbeat: punctual\njobs: {}\n`;
    expect(readWorkflowFile(PATH, text).schedules[0]?.directives).toEqual({ punctual: true });
    const wrong = text.replace('punctual', 'punctual=yes');
    expect(readWorkflowFile(PATH, wrong).schedules[0]?.refusal?.code).toBe('invalid-directive');
  });
});
