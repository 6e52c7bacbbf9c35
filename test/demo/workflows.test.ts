import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { at } from '../../src/demo/json.ts';
import { DEMO_WORKFLOWS } from '../../src/demo/workflows.ts';

describe('the demo workflows', () => {
  it.each(DEMO_WORKFLOWS.map((workflow) => [workflow.path, workflow] as const))(
    '%s holds the schedules that its history is made from',
    (_, workflow) => {
      const schedule = at(parse(workflow.text), 'on', 'schedule');
      const entries = Array.isArray(schedule) ? schedule : [];
      const written = entries.map((entry) => ({
        cron: at(entry, 'cron'),
        timezone: at(entry, 'timezone') ?? 'UTC',
      }));
      expect(written).toEqual(workflow.schedules);
    },
  );

  it('cover what real repositories hold', () => {
    const texts = DEMO_WORKFLOWS.map(({ text }) => text);
    expect(texts.filter((text) => text.includes('schedule:')).length).toBeGreaterThanOrEqual(10);
    for (const trait of [
      "cron: '",
      'cron: "',
      'cron: 0',
      '\r\n',
      '# offbeat: finish-by=07:00',
      'timezone:',
    ]) {
      expect(
        texts.some((text) => text.includes(trait)),
        trait,
      ).toBe(true);
    }
  });
});
