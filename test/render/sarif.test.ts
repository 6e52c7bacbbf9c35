import type { Log } from 'sarif';
import { describe, expect, it } from 'vitest';
import { FindingRule } from '../../src/render/check-view.ts';
import { sarifLog } from '../../src/render/sarif.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';

const FINDING = {
  rule: 'too-often',
  level: 'warning',
  path: '.github/workflows/my build#1.yml',
  line: 3,
  column: 13,
  message: 'Too often.',
} as const;

describe('a check as SARIF', () => {
  const log = sarifLog({ findings: [FINDING, { ...FINDING, rule: 'invalid', level: 'error' }] }, '1.2.3');
  const [run] = log.runs;

  it('has the type that is generated from the official schema', () => {
    // The compiler is the check.
    const official: Log = log;
    expect(official.runs).toBe(log.runs);
  });

  it('is of version 2.1.0 and names its schema', () => {
    expect(log.version).toBe('2.1.0');
    expect(log.$schema).toMatch(/sarif-2\.1\.0\.json$/);
    expect(log.runs).toHaveLength(1);
  });

  it('describes every rule, whether it was broken or not', () => {
    const rules = run?.tool.driver.rules ?? [];
    expect(rules.map(({ id }) => id)).toEqual(FindingRule.options);
    for (const rule of rules) {
      expect(rule.name).toMatch(/^[A-Z][A-Za-z]+$/);
      for (const { text } of [rule.shortDescription, rule.fullDescription, rule.help]) {
        expect(text).toMatch(/^\S.*\.$/);
        // Code scanning cuts longer ones.
        expect(text.length).toBeLessThanOrEqual(1024);
      }
    }
  });

  it('puts each finding at its place, the path encoded as a URI below the root of the checkout', () => {
    expect(run?.results).toEqual([
      {
        ruleId: 'too-often',
        ruleIndex: FindingRule.options.indexOf('too-often'),
        level: 'warning',
        message: { text: 'Too often.' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: '.github/workflows/my%20build%231.yml', uriBaseId: '%SRCROOT%' },
              region: { startLine: 3, startColumn: 13 },
            },
          },
        ],
      },
      expect.objectContaining({ ruleId: 'invalid', level: 'error' }),
    ]);
    for (const { ruleId, ruleIndex } of run?.results ?? []) {
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    }
  });

  it('counts columns in the unit that it names', () => {
    const text = '{ name: "🌙🌙", on: { schedule: [{ cron: "0 3 * * 8" }] } }\n';
    const [schedule] = readWorkflowFile(FINDING.path, text).schedules;
    expect(run?.columnKind).toBe('utf16CodeUnits');
    expect(schedule?.column).toBe(text.indexOf('"0 3') + 1);
  });

  it('has an empty list of results where nothing was found, which closes what was open', () => {
    expect(sarifLog({ findings: [] }, '1.2.3').runs[0]?.results).toEqual([]);
  });
});
