import { describe, expect, it } from 'vitest';
import { parseConfigText } from '../../src/config/parse.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { OffbeatError } from '../../src/errors.ts';
import { parseEvent } from '../../src/events/payloads.ts';
import { readMarker } from '../../src/proposal/marker.ts';
import { parseCommands } from '../../src/slash/parse.ts';
import { filesRunBy } from '../../src/workflow/commands-of-script.ts';
import { imageOf, runLines } from '../../src/workflow/docker-files.ts';
import { hourInWords } from '../../src/workflow/hour-in-words.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { orderInComment } from '../../src/workflow/written-order.ts';

const PATH = '.github/workflows/hostile.yml';
const LONG = 50_000;

/** What fools a regular expression that goes back over what it has read: it would not end within the test's time. */
const BACKTRACKING: readonly (readonly [string, string])[] = [
  ['one letter', 'a'.repeat(LONG)],
  ['spaces', ' '.repeat(LONG)],
  ['tabs and a letter', `${'\t'.repeat(LONG)}x`],
  ['digits and commas', '1,'.repeat(LONG)],
  ['ranges', '1-'.repeat(LONG)],
  ['slashes', '*/'.repeat(LONG)],
  ['quotes', `'`.repeat(LONG)],
  ['backslashes', '\\'.repeat(LONG)],
  ['openings of comments', '<!--'.repeat(LONG)],
  ['openings of expressions', '${{'.repeat(LONG)],
  ['directives', '# offbeat: '.repeat(LONG)],
  ['commands', '/explain '.repeat(LONG)],
  ['fences', '```\n'.repeat(LONG)],
  ['hours', '1, '.repeat(LONG)],
  ['a number and spaces', `5${' '.repeat(LONG)}x`],
  ['brackets', `${'('.repeat(LONG)} runs after the build`],
  ['copies', `COPY ${'a '.repeat(LONG)}`],
  ['a folder of its own', `A=$(dirname $0)/${'a'.repeat(LONG)}\n${'$A/ '.repeat(LONG)}`],
];

const PARSERS: readonly (readonly [string, (text: string) => unknown])[] = [
  ['cron', parseCron],
  ['configuration', parseConfigText],
  ['workflow file', (text) => readWorkflowFile(PATH, text)],
  [
    'directive',
    (text) => readWorkflowFile(PATH, `on:\n  schedule:\n    - cron: '0 3 * * *' # offbeat: ${text}\n`),
  ],
  [
    'expression',
    (text) =>
      readWorkflowFile(PATH, `on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  a:\n    if: ${text}\n`),
  ],
  ['commands', (text) => parseCommands(text)],
  ['comment', (text) => [orderInComment(text.repeat(10)), hourInWords(text.repeat(10))]],
  ['Dockerfile', (text) => [imageOf('Dockerfile', text), runLines(text)]],
  ['script', (text) => filesRunBy(text, '', '', 'scripts')],
  ['marker', (text) => readMarker(`<!-- offbeat:state ${text} -->`, 'offbeat[bot]', 'offbeat[bot]')],
];

/** An answer or an error of ours; anything else is a fault. */
function answerTo(parse: (text: string) => unknown, text: string): 'answered' | 'refused' {
  try {
    parse(text);
    return 'answered';
  } catch (error) {
    if (error instanceof OffbeatError) return 'refused';
    throw error;
  }
}

describe.each(PARSERS)('the %s parser', (_name, parse) => {
  it.each(BACKTRACKING)('answers in bounded time to %s without end', (_what, text) => {
    expect(['answered', 'refused']).toContain(answerTo(parse, text));
  });
});

describe('keys that every object has', () => {
  const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

  it.each(NAMES)('%s in YAML changes no object', (name) => {
    answerTo(parseConfigText, `${name}:\n  polluted: true\nworkflows:\n  ${name}: { pin: true }\n`);
    answerTo(
      (text) => readWorkflowFile(PATH, text),
      `${name}: { polluted: true }\non:\n  ${name}: { polluted: true }\n`,
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
    expect({}).not.toHaveProperty('polluted');
  });

  it.each(NAMES)('%s in a payload changes no object', (name) => {
    const body = JSON.parse(
      `{"${name}":{"polluted":true},"action":"completed","repository":{"${name}":{"polluted":true}}}`,
    );
    expect(() => parseEvent('workflow_run', body)).toThrow(OffbeatError);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('a comment', () => {
  it.each(['<!--', '<?', '<!X'])('with hundreds of %s in it is not read for commands', (opening) => {
    expect(parseCommands(`/help ${opening.repeat(300)}`)).toEqual([]);
    expect(parseCommands(`/help ${opening.repeat(3)}`)).toHaveLength(1);
  });
});
