import { parseWorkflow } from '@actions/workflow-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { editWorkflowFile } from '../../src/workflow/edit.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { sampledRuns } from '../sampled.ts';
import { CORPUS } from './corpus.ts';

const PATH = '.github/workflows/nightly.yml';

/** A workflow with two schedules whose job holds the given lines. */
function withSteps(lines: string, crons = "    - cron: '0 3 * * *'\n    - cron: '0 4 * * 1'\n"): string {
  return `on:\n  schedule:\n${crons}jobs:\n  build:\n    runs-on: ubuntu-latest\n${lines}`;
}

function errorOf(action: () => unknown): OffbeatError {
  try {
    action();
  } catch (error) {
    if (error instanceof OffbeatError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** GitHub's own parser; the errors it finds. */
function githubErrors(text: string): string[] {
  const trace = { error: () => {}, info: () => {}, verbose: () => {} };
  return parseWorkflow({ name: PATH, content: text }, trace)
    .context.errors.getErrors()
    .map(({ message }) => message);
}

const cronText = fc
  .tuple(
    fc.constantFrom('7', '*/20', '3-59/15', '1,31'),
    fc.constantFrom('*', '4', '1-23/6', '2,14'),
    fc.constantFrom('*', 'MON-FRI', '1,3'),
  )
  .map(([minute, hour, weekday]) => `${minute} ${hour} * * ${weekday}`);

describe('an edit', () => {
  it('writes the new cron and keeps every other byte', () => {
    const cases = CORPUS.flatMap(({ text, crons }) => crons.map((_, index) => ({ text, index })));
    fc.assert(
      fc.property(fc.constantFrom(...cases), cronText, ({ text, index }, to) => {
        const before = readWorkflowFile(PATH, text);
        const from = before.schedules[index];
        const edited = editWorkflowFile(PATH, text, [{ index, to }]);
        const after = readWorkflowFile(PATH, edited);
        expect(after.schedules.map(({ cron }) => cron)).toEqual(
          before.schedules.map((schedule) => (schedule.index === index ? to : schedule.cron)),
        );
        const lines = text.split('\n');
        const at = (from?.line ?? 0) - 1;
        const line = lines[at] ?? '';
        const start = (from?.column ?? 0) - 1;
        const quote = /^['"]/.exec(line.slice(start))?.[0] ?? '';
        const rest = line.slice(start + quote.length * 2 + (from?.cron.length ?? 0));
        const inBrackets = /[{[]/.test(line);
        const unsafe = to.startsWith('*') || (inBrackets && to.includes(','));
        const written = quote === '' && unsafe ? `'${to}'` : quote + to + quote;
        expect(edited.split('\n')).toEqual(lines.with(at, line.slice(0, start) + written + rest));
      }),
      sampledRuns(600, 100),
    );
  });

  it('is undone by the edit back', () => {
    const quoted = CORPUS.flatMap(({ text, crons }) => crons.map((from, index) => ({ text, index, from })));
    fc.assert(
      fc.property(fc.constantFrom(...quoted), cronText, ({ text, index, from }, to) => {
        const there = editWorkflowFile(PATH, text, [{ index, to }]);
        const back = editWorkflowFile(PATH, there, [{ index, to: from }]);
        // A plain scalar that had to be quoted stays quoted.
        if (/^\*|,/.test(to) && !/['"]/.test(text.split('\n').find((line) => line.includes(from)) ?? ''))
          return;
        expect(back).toBe(text);
      }),
      sampledRuns(300, 60),
    );
  });

  it('gives files that GitHub still accepts', () => {
    for (const { text, crons } of CORPUS) {
      const edited = editWorkflowFile(PATH, text, [{ index: crons.length - 1, to: '17 4 * * *' }]);
      expect(githubErrors(edited)).toEqual(githubErrors(text));
    }
  });

  it('moves several schedules at once, and may swap two', () => {
    const text = withSteps(
      "    if: github.event.schedule == '0 3 * * *' || github.event.schedule == '0 4 * * 1'\n",
    );
    const edited = editWorkflowFile(PATH, text, [
      { index: 0, to: '0 4 * * 1' },
      { index: 1, to: '0 3 * * *' },
    ]);
    expect(edited).toBe(
      withSteps(
        "    if: github.event.schedule == '0 4 * * 1' || github.event.schedule == '0 3 * * *'\n",
        "    - cron: '0 4 * * 1'\n    - cron: '0 3 * * *'\n",
      ),
    );
  });

  it('changes nothing where no cron differs', () => {
    const text = withSteps('');
    expect(editWorkflowFile(PATH, text, [])).toBe(text);
    expect(editWorkflowFile(PATH, text, [{ index: 0, to: '0 3 * * *' }])).toBe(text);
  });

  it('quotes a plain cron where it must', () => {
    const text = 'on:\n  schedule:\n    - cron: 0 3 * * *\njobs: {}\n';
    expect(editWorkflowFile(PATH, text, [{ index: 0, to: '*/9 3 * * *' }])).toContain(
      "- cron: '*/9 3 * * *'\n",
    );
    expect(editWorkflowFile(PATH, text, [{ index: 0, to: '9,39 3 * * *' }])).toContain(
      '- cron: 9,39 3 * * *\n',
    );
    const flow = 'on: { schedule: [{ cron: 0 3 * * * }] }\njobs: {}\n';
    expect(editWorkflowFile(PATH, flow, [{ index: 0, to: '9,39 3 * * *' }])).toContain(
      "{ cron: '9,39 3 * * *' }",
    );
    const braces = 'on:\n  schedule:\n    - { cron: 0 3 * * * }\njobs: {}\n';
    expect(editWorkflowFile(PATH, braces, [{ index: 0, to: '9,39 3 * * *' }])).toContain(
      "{ cron: '9,39 3 * * *' }",
    );
  });
});

describe('a comparison with github.event.schedule', () => {
  it.each([
    ["    if: github.event.schedule == '0 3 * * *'\n"],
    ["    if: github.event.schedule != '0 3 * * *' # not at three\n"],
    ["    if: ${{ github.event.schedule == '0 3 * * *' }}\n"],
    ["    if: ${{ '0 3 * * *' == github.event.schedule }}\n"],
    ["    if: ${{'0 3 * * *'!=github.event.schedule&&true}}\n"],
    ['    if: "\'0 3 * * *\' == github.event.schedule"\n'],
    ["    if: 'github.event.schedule == ''0 3 * * *'''\n"],
    ["    if: '''0 3 * * *'' == github.event.schedule'\n"],
    ["    if: GitHub.Event['schedule'] == '0 3 * * *'\n"],
    ["    if: github . event . schedule == '0 3 * * *'\n"],
    ["    if: (github.event.schedule == '0 3 * * *' || github.event_name == 'push') && !cancelled()\n"],
    [
      "    if: >-\n      github.event_name == 'schedule' &&\n      github.event.schedule ==\n      '0 3 * * *'\n",
    ],
    [
      "    if: |\n      github.event.schedule == '0 3 * * *' ||\n      github.event.schedule != '0 3 * * *'\n",
    ],
    ["    env:\n      DEPTH: ${{ github.event.schedule == '0 3 * * *' && 'deep' || 'flat' }}\n"],
    [
      "    steps:\n      - run: |\n          make ${{ github.event.schedule == '0 3 * * *' && 'all' || 'some' }}\n          echo done\n",
    ],
    ["    steps:\n      - run: make ${{ format('{0}', github.event.schedule == '0 3 * * *') }}\n"],
    ["    concurrency: build-${{ github.event.schedule }}\n    if: github.event.schedule == '0 3 * * *'\n"],
  ])('is rewritten along: %j', (lines) => {
    const text = withSteps(lines);
    const edited = editWorkflowFile(PATH, text, [{ index: 0, to: '17 3 * * *' }]);
    expect(edited).toBe(text.replaceAll('0 3 * * *', '17 3 * * *'));
  });

  it.each([
    ["    if: github.event.schedule == '0 9 * * *'\n", 'another cron'],
    ['    if: github.event.schedule\n', 'whether there is one'],
    ['    if: ${{ !github.event.schedule }}\n', 'whether there is none'],
    [
      "    if: github.event.schedule != '' && github.event.schedule != null\n",
      'whether there is one, spelled out',
    ],
    [
      "    env:\n      KIND: ${{ github.event.schedule && 'timer' || 'hand' }}\n",
      'a choice by whether there is one',
    ],
    ['    name: Run of ${{ github.event.schedule }}\n', 'a name'],
    ['    env:\n      ALL: ${{ toJSON(github.event) }}\n', 'a dump of the event'],
    ['    steps:\n      - run: echo 10 3 * * * 0 3 * * */2\n', 'longer crons that hold the text'],
    ['    # at 0 3 * * *\n', 'a comment'],
  ])('is left as it is: %j (%s)', (lines) => {
    const text = withSteps(lines);
    const edited = editWorkflowFile(PATH, text, [{ index: 0, to: '17 3 * * *' }]);
    expect(edited).toBe(text.replace("cron: '0 3 * * *'", "cron: '17 3 * * *'"));
  });

  it.each([
    ['    if: contains(fromJSON(\'["0 3 * * *"]\'), github.event.schedule)\n'],
    ["    if: contains('0 3 * * *,0 4 * * 1', github.event.schedule)\n"],
    ["    if: startsWith(github.event.schedule, '0 3')\n"],
    ['    if: github.event.schedule == env.NIGHTLY\n'],
    ["    if: (github.event.schedule) == '0 3 * * *'\n"],
    ["    if: !github.event.schedule == '0 3 * * *'\n".replace('if: ', 'if: ${{ ').replace('\n', ' }}\n')],
    ["    if: github.event.schedule < '0 3 * * *'\n"],
    ["    if: github.event.*.x == '0 3 * * *'\n"],
    ["    if: github.event[matrix.key] == '0 3 * * *'\n"],
    ["    if: fromJSON(env.MAP)[github.event.schedule] == 'x'\n"],
    ['    env:\n      WHEN: ${{ github.event.schedule }}\n'],
    [
      '    env:\n      EVENT: ${{ toJSON(github.event) }}\n    steps:\n      - run: jq -r .schedule <<< "$EVENT"\n',
    ],
    ["    env:\n      FILE: ${{ github.event_path }}\n    steps:\n      - run: node -p 'event.schedule'\n"],
    ["    env:\n      WHEN: ${{ github.event.schedule || 'hand' }}\n"],
    ['    steps:\n      - run: test "${{ github.event.schedule }}" = \'0 3 * * *\'\n'],
    ['    steps:\n      - run: jq -r .schedule "$GITHUB_EVENT_PATH"\n'],
    [
      '    steps:\n      - uses: actions/github-script@v7\n        with:\n          script: return context.payload.schedule\n',
    ],
    ['    env:\n      CRON: \'0 3 * * *\'\n    steps:\n      - run: ./by-schedule "$CRON"\n'],
    ['    if: "github.event.schedule == \'0 3 * * \\x2a\'"\n'],
    ["    if: &when github.event.schedule == '0 3 * * *'\n"],
  ])('is refused where it cannot be rewritten: %j', (lines) => {
    const text = withSteps(lines);
    expect(readWorkflowFile(PATH, text).schedules[0]?.refusal?.code).toBe('schedule-expression');
    expect(errorOf(() => editWorkflowFile(PATH, text, [{ index: 0, to: '17 3 * * *' }])).code).toBe(
      'workflow-refused',
    );
  });

  it('is refused for two entries of the same cron only', () => {
    const crons =
      "    - cron: '0 3 * * *'\n    - cron: '0 3 * * *'\n      timezone: Asia/Tokyo\n    - cron: '0 4 * * 1'\n";
    const text = withSteps("    if: github.event.schedule == '0 3 * * *'\n", crons);
    expect(readWorkflowFile(PATH, text).schedules.map(({ refusal }) => refusal?.code)).toEqual([
      'schedule-expression',
      'schedule-expression',
      undefined,
    ]);
  });

  it('ignores case, as GitHub does', () => {
    const crons = "    - cron: '0 3 * * MON'\n";
    const text = withSteps("    if: github.event.schedule == '0 3 * * mon'\n", crons);
    expect(editWorkflowFile(PATH, text, [{ index: 0, to: '17 3 * * MON' }])).toBe(
      withSteps("    if: github.event.schedule == '17 3 * * MON'\n", "    - cron: '17 3 * * MON'\n"),
    );
  });

  it.each([['0 4 * * 1'], ['5 5 * * *']])(
    'refuses a new cron that is compared for something else: %s',
    (to) => {
      const text = withSteps(
        "    if: github.event.schedule == '0 3 * * *' || github.event.schedule == '5 5 * * *'\n",
      );
      expect(errorOf(() => editWorkflowFile(PATH, text, [{ index: 0, to }])).code).toBe('workflow-refused');
    },
  );
});

describe('a refused edit', () => {
  const text = withSteps('');

  it.each([
    ['cron-invalid', [{ index: 0, to: '@daily' }]],
    ['cron-invalid', [{ index: 0, to: "0 3 * * *' # " }]],
    ['edit-unproven', [{ index: 2, to: '17 3 * * *' }]],
    ['edit-unproven', [{ index: -1, to: '17 3 * * *' }]],
    [
      'edit-unproven',
      [
        { index: 0, to: '17 3 * * *' },
        { index: 0, to: '18 3 * * *' },
      ],
    ],
    // It reads well, but it is no longer a schedule that may be moved.
    ['edit-unproven', [{ index: 0, to: '0 3 1 * 1' }]],
  ])('%s: %j', (code, edits) => {
    expect(errorOf(() => editWorkflowFile(PATH, text, edits)).code).toBe(code);
  });

  it('throws with the sentence and the place of the schedule', () => {
    const pinned = text.replace("'0 3 * * *'", "'0 3 * * *' # offbeat: pin");
    const error = errorOf(() => editWorkflowFile(PATH, pinned, [{ index: 0, to: '17 3 * * *' }]));
    expect(error.code).toBe('workflow-refused');
    expect(error.where).toBe(`${PATH}:3:13`);
    expect(error.message).toContain('pinned');
  });

  it('throws for a file that cannot be read', () => {
    expect(
      errorOf(() => editWorkflowFile(PATH, `${text}? [a]\n: b\n`, [{ index: 0, to: '17 3 * * *' }])).code,
    ).toBe('workflow-refused');
  });
});
