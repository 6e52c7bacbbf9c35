import { describe, expect, it } from 'vitest';
import * as library from '../../src/library/index.ts';

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];
const LONG = 10_000;
const BACKTRACKING = ['a', ' ', '\t', '1,', '*/', '- ', '# offbeat: ', '${{', '12:00 ', '$(date', '\n'];

const workflowOf = (name: string): string =>
  `name: ${name}\non:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  ${name}:\n    runs-on: ${name}\n    steps: [{ run: a }]\n`;

/** An answer or an error of ours; anything else is a fault. */
function answerTo(ask: () => unknown): 'answered' | 'refused' {
  try {
    ask();
    return 'answered';
  } catch (error) {
    if (error instanceof library.OffbeatError) return 'refused';
    throw error;
  }
}

describe('the library', () => {
  it.each(NAMES)('takes %s for a name like any other', async (name) => {
    const path = `.github/workflows/${name}.yml`;
    const files = [{ path, text: workflowOf(name) }];
    expect(library.plan(files)).toHaveLength(1);
    const learner = await library.createLearner({
      files,
      config: `workflows: { ${name}.yml: { pin: true } }\n`,
    });
    const figures: Record<string, number> = JSON.parse(`{ "cpu": 1, "${name}": 3 }`);
    const report = { workflow: `${name}.yml`, duration: 60, success: true, resourceUsage: figures };
    expect(await learner.recordExecution(report)).toMatchObject({ success: true });
    expect(await learner.recordExecution(report)).toMatchObject({ success: true });
    expect(await learner.getAccuracyMetrics(name)).toMatchObject({ success: false });
    expect(await learner.getWorkflowInsights(`${name}.yml`)).toMatchObject({ success: true });
    const learning: object = JSON.parse(`{ "${name}": { "polluted": true } }`);
    await expect(library.createLearner({ learning })).rejects.toThrow(library.OffbeatError);
    expect({}).not.toHaveProperty('polluted');
    expect({}).not.toHaveProperty('cpu');
  });

  it.each(BACKTRACKING)('answers in bounded time to %j without end', (piece) => {
    const text = piece.repeat(LONG / piece.length);
    const path = '.github/workflows/a.yml';
    for (const hostile of [
      text,
      `# ${text}\n${workflowOf('a')}`,
      workflowOf('a').replace('[{ run: a }]', text),
    ]) {
      const files = [{ path, text: hostile }];
      answerTo(() => library.readSchedules(files));
      answerTo(() => library.check(files));
      answerTo(() => library.plan(files));
      answerTo(() => library.edit(files, [{ path, index: 0, to: '7 3 * * *' }]));
    }
    expect(answerTo(() => library.ticks(text))).toBe('refused');
    expect(answerTo(() => library.ticks('0 3 * * *', { timezone: text }))).toBe('refused');
  });
});
