import { describe, expect, it } from 'vitest';
import { withWorld } from './harness.ts';

const RECORD = { command: 'record', 'start-time': '2026-05-31T23:00:00Z', success: 'true' };

describe('inputs that do not fit', () => {
  it.each([
    [{ ...RECORD, duration: '-5' }, '`duration` has to be at least 0.'],
    [{ ...RECORD, duration: 'long' }, '`duration` has to be a number.'],
    [{ ...RECORD, success: 'perhaps' }, '`success` has to be true or false.'],
    [{ ...RECORD, 'start-time': '' }, 'record: `start-time` is missing. Give'],
    [{ ...RECORD, 'start-time': 'now' }, 'record: `start-time`: Write an instant in UTC'],
    [{ ...RECORD, 'start-time': '9999-01-01T00:00:00Z' }, 'The run would start in the future.'],
    [{ ...RECORD, 'resource-usage': 'much' }, '`resource-usage` has to be a mapping of keys and values.'],
    [{ 'force-evolution': 'yes' }, '`force-evolution` has to be one of true, false.'],
    [{ 'fail-on': 'always' }, '`fail-on` has to be one of error, warning, never.'],
    [{ 'state-branch': 'a..b' }, '`state-branch`: Write the name of a branch.'],
    [{ command: 'net', served: '{"file":"a.yml"}' }, 'input served, line 1: `schedules` is missing.'],
    [{ command: 'net', served: 'a.yml' }, 'input served, line 1:'],
    [{ command: 'net', served: '{"file":"a.yml","schedules":[{}]}' }, '`schedules.0.minute` is missing.'],
  ])('are named in our own words: %j', async (inputs, sentence) => {
    await withWorld({}, async (world) => {
      const { failure } = await world.run({ inputs });
      expect(failure).toContain(sentence);
      expect(failure).not.toMatch(/✖|→|received|Invalid|undefined/);
    });
  });
});
