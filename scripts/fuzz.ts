import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { parseConfigText, resolveConfig } from '../src/config/parse.ts';
import { parseCron } from '../src/cron/parse.ts';
import { OffbeatError } from '../src/errors.ts';
import { readMarker, writeMarker } from '../src/proposal/marker.ts';
import { parseCommands } from '../src/slash/parse.ts';
import { editWorkflowFile } from '../src/workflow/edit.ts';
import { readWorkflowFile } from '../src/workflow/read.ts';

/**
 * Feeds damaged texts to the parsers and looks for a throw that is not ours, a reading that takes too long, and an
 * object that every other inherits from being changed. Prints its seed and, where something is found, the text.
 *
 *     npm run fuzz -- [--minutes 10] [--parser cron|yaml|directives|commands|markers|config] [--seed N]
 */

/** What one text of a few kilobytes may take; far above the milliseconds it should, far below a hang. */
const SLOW_MILLISECONDS = 2000;

const PATH = '.github/workflows/fuzz.yml';
const MOVED = '7-59/20 4 * * *';

const PARSERS = ['cron', 'yaml', 'directives', 'commands', 'markers', 'config'] as const;
type Parser = (typeof PARSERS)[number];

const SEEDS: Readonly<Record<Parser, readonly string[]>> = {
  cron: [
    '*/15 * * * *',
    '0 9-17/2 * JAN-DEC MON-FRI',
    '30 4 1,15 * *',
    '@daily',
    'TZ=Europe/Berlin 0 3 * * *',
  ],
  yaml: [
    `name: Nightly
on:
  schedule: # offbeat: max-shift=2h
    # offbeat: window=01:00-05:00 finish-by=07:00
    - cron: '0 3 * * *' # every night
    - cron: "30 4 * * 1"
      timezone: Europe/Berlin
    - { cron: 15 5 * * * }
  workflow_run: { workflows: [Build], types: [completed] }
concurrency: { group: nightly, cancel-in-progress: true }
jobs:
  build:
    runs-on: [self-hosted, linux]
    strategy: { matrix: { os: [a, b], include: [{ os: a, x: 1 }] } }
    if: github.event.schedule == '0 3 * * *' || \${{ github.event.schedule != '30 4 * * 1' }}
    steps:
      - run: |
          echo \${{ github.event.schedule == '0 3 * * *' && 'night' || 'day' }}
  after:
    needs: [build]
    uses: ./.github/workflows/other.yml
`,
    'on: &t {schedule: [{cron: "*/15 * * * *"}, {cron: *t}]}\njobs: {a: {<<: *t, runs-on: x}}\n',
    '\uFEFF"on":\r\n  schedule:\r\n  - cron: 0 0 * * 0\t# offbeat: pin\r\n' +
      '  - cron: >-\r\n      1 1 * * *\r\n---\r\na: b',
  ],
  directives: [
    'window=01:00-05:00 finish-by=07:00',
    'max-shift=2h pin not-before=06:30',
    'every night # offbeat: pin',
  ],
  commands: [
    '/report\n\nThanks!\n/explain nightly.yml --verbose=true',
    '/offbeat move "a b.yml" to \'0 3 * * *\' because it is late',
    '> /pause\n```\n/resume\n```\n/observe',
  ],
  markers: [
    writeMarker({ version: 1, repositoryId: 1, decisionId: 'd1', at: 1_780_000_000_000, moves: [] }),
    'text <!-- offbeat:state {} --> <!-- offbeat:answer 12 -->',
  ],
  config: [
    'mode: observe\nwindow: "01:00-05:00"\nworkflows:\n  nightly.yml: {pin: true, max-shift: 30m}\n' +
      'weights: {overlap: 2}\n',
    '_extends: acme/.github\nmode: suggest\nmerge-window: { from: "08:00" }\n',
  ],
};

const PIECES = [
  ...[
    '&a ',
    '*a',
    '!!str ',
    '<<: ',
    '- ',
    '? ',
    ': ',
    '#',
    "'",
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    '|',
    '>',
    '%',
    '@',
    '`',
  ],
  ...[
    '\n',
    '\r\n',
    '\t',
    ' ',
    '---\n',
    '...\n',
    '\u0000',
    '\u2028',
    '\uFEFF',
    '\uD800',
    '\\',
    '\\x',
    '${{',
    '}}',
    '&&',
    '==',
  ],
  ...[
    'github.event.schedule',
    "'0 3 * * *'",
    'schedule:',
    'cron: ',
    'on:',
    'offbeat: pin',
    '# offbeat: ',
    '__proto__: 1\n',
  ],
];

function main(): number {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      parser: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  const parsers = PARSERS.filter((name) => values.parser === undefined || name === values.parser);
  if (parsers.length === 0) {
    console.error(`--parser: write one of ${PARSERS.join(', ')}.`);
    return 2;
  }
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  for (const name of parsers) if (!fuzz(name, seed, Number(values.minutes) * 60_000)) return 1;
  return 0;
}

/** True where nothing was found in `forMs`. */
function fuzz(name: Parser, seed: number, forMs: number): boolean {
  const random = randomFrom(seed);
  const end = performance.now() + forMs;
  const answers = new Map<string, number>();
  let texts = 0;
  let slowest = 0;
  while (performance.now() < end) {
    const text = damaged(SEEDS[name], random);
    const started = process.cpuUsage();
    try {
      const answer = answerOf(name, text);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      if (Object.keys(Object.prototype).length > 0) throw new Error('Every object has a new key.');
    } catch (error) {
      console.error(
        `${name}, seed ${seed}: thrown after ${texts} texts:`,
        error,
        `\nfor ${JSON.stringify(text)}`,
      );
      return false;
    }
    // The processor's time: the machine may have other things to do meanwhile.
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1_000;
    slowest = Math.max(slowest, took);
    if (took > SLOW_MILLISECONDS) {
      console.error(`${name}, seed ${seed}: ${Math.round(took)} ms for ${JSON.stringify(text)}`);
      return false;
    }
    texts += 1;
  }
  console.log(`${name}, seed ${seed}: ${texts} texts, slowest ${slowest.toFixed(1)} ms, nothing found`);
  for (const [answer, number] of [...answers].sort()) console.log(`  ${answer.padEnd(24)}${number}`);
  return true;
}

/** What the parser makes of a text, in a word; an error of ours is an answer. */
function answerOf(name: Parser, text: string): string {
  try {
    return READERS[name](text);
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    return error.code;
  }
}

const READERS: Readonly<Record<Parser, (text: string) => string>> = {
  cron(text) {
    parseCron(text);
    return 'read';
  },
  yaml: readAndEdit,
  directives: (text) =>
    readAndEdit(`on:\n  schedule:\n    # offbeat: ${text}\n    - cron: '0 3 * * *' # offbeat: ${text}\n`),
  commands: (text) => `${parseCommands(text).length} commands`,
  markers: (text) => (readMarker(text, 'offbeat[bot]', 'offbeat[bot]') === null ? 'none' : 'read'),
  config(text) {
    resolveConfig([parseConfigText(text)]);
    return 'read';
  },
};

/** Reads a workflow file, and moves what can be moved: what stands there then must be what was asked for. */
function readAndEdit(text: string): string {
  const file = readWorkflowFile(PATH, text);
  for (const { index, refusal } of file.schedules) {
    if (refusal !== undefined) continue;
    const edited = editedOrRefused(text, index);
    if (edited !== null && readWorkflowFile(PATH, edited).schedules[index]?.cron !== MOVED)
      throw new Error('wrong cron');
  }
  return (
    file.refusal?.code ?? file.schedules.find(({ refusal }) => refusal !== undefined)?.refusal?.code ?? 'read'
  );
}

function editedOrRefused(text: string, index: number): string | null {
  try {
    return editWorkflowFile(PATH, text, [{ index, to: MOVED }]);
  } catch (error) {
    if (error instanceof OffbeatError) return null;
    throw error;
  }
}

function damaged(seeds: readonly string[], random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit);
  let text = seeds[below(seeds.length)] ?? '';
  for (let changes = 1 + below(6); changes > 0; changes -= 1) {
    const at = below(text.length + 1);
    const length = below(2) === 0 ? 0 : below(30);
    const piece = PIECES[below(PIECES.length)] ?? '';
    const inserted = [
      () => piece,
      () => piece.repeat(below(300)),
      () => '',
      () => text.slice(at, at + below(80)),
      () => String.fromCharCode(below(0x250)),
    ][below(5)]?.();
    text = text.slice(0, at) + (inserted ?? '') + text.slice(at + length);
  }
  return text;
}

/** mulberry32: small, seedable, good enough to choose where to break a text. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

process.exitCode = main();
