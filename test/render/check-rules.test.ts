import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECK_RULES } from '../../src/render/check-rules.ts';
import { FindingRule } from '../../src/render/check-view.ts';
import { REFUSAL_CODES } from '../../src/workflow/refusal.ts';

const page = readFileSync(new URL('../../docs/check.md', import.meta.url), 'utf8');

describe('docs/check.md', () => {
  it.each(FindingRule.options)('has the rule %s with its level', (rule) => {
    expect(page).toContain(`| \`${rule}\` | ${CHECK_RULES[rule].level} |`);
  });

  it.each(REFUSAL_CODES)('has the reason %s', (code) => {
    expect(page).toMatch(new RegExp(`^\\|[^|]*\`${code}\`[^|]*\\|`, 'm'));
  });
});
