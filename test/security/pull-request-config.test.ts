import { describe, expect, it, vi } from 'vitest';
import { parseConfigText } from '../../src/config/parse.ts';
import { ConfigInvalidError, MOST_PROBLEMS } from '../../src/config/problem.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { renderConfigCheck } from '../../src/render/config-check.ts';

const MANY = 5_000;
/** GitHub's bound of a note, and of a comment. */
const MOST_CHARACTERS = 65_536;
const lines = (line: (at: number) => string) => Array.from({ length: MANY }, (_, at) => line(at)).join('');

function problemsOf(text: string) {
  try {
    parseConfigText(text);
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error.problems;
    throw error;
  }
  return [];
}

/** Anybody can open a pull request with such a file, and the server reads it to say what is wrong. */
describe('a configuration in a pull request', () => {
  it.each([
    ['keys that nobody knows', lines((at) => `key${at}: 1\n`)],
    ['rules that are wrong', `workflows:\n${lines((at) => `  w${at}.yml: { pi: true }\n`)}`],
    ['wrong values in a list', `blackout: [${lines(() => 'x, ')}]\n`],
  ])('with thousands of %s is told the first of them', (_, text) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(MOST_PROBLEMS);
    const check = renderConfigCheck('0'.repeat(40), { problems, unknownFiles: [], isMisnamed: false });
    expect(check.title).toMatch(/^At least 50\sproblems in the configuration$/);
  });

  it('with a key of 100,000 characters is told so in a few words', () => {
    const key = 'k'.repeat(100_000);
    for (const text of [`${key}: 1\n`, `workflows: { ${key}: { pin: 5 } }\n`]) {
      const said = problemsOf(text).map(({ sentence, fix }) => `${sentence} ${fix}`);
      expect(said).toHaveLength(1);
      expect(said.join().length).toBeLessThan(1_000);
    }
  });

  it('with rules for thousands of files that are not there names some of them', () => {
    const unknownFiles = Array.from({ length: MANY }, (_, at) => `${'w'.repeat(50)}${at}.yml`);
    const { summary } = renderConfigCheck('0'.repeat(40), { problems: [], unknownFiles, isMisnamed: false });
    expect(summary.length).toBeLessThan(MOST_CHARACTERS);
    expect(summary).toContain('so these rules have no effect');
  });
});

it('a cron of thousands of words is not asked for a timezone in each', () => {
  const asked = vi.spyOn(Intl, 'DateTimeFormat');
  try {
    expect(() => parseCron('every day at nine '.repeat(MANY).trim())).toThrow('a cron has five');
    expect(asked.mock.calls.length).toBeLessThan(20);
  } finally {
    asked.mockRestore();
  }
});
