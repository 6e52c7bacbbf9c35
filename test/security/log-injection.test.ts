import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { coreIo } from '../../src/action/core-io.ts';
import { actionLog } from '../../src/action/log.ts';
import { createLog } from '../../src/telemetry/log.ts';

const HOSTILE = [
  'a\n::error::forged',
  'a\r::set-output name=moves::9',
  'a\r\n::add-mask::e',
  '::stop-commands::x',
  '  ::debug::forged',
  '##[set-output name=moves;]9',
  'deploy ##[add-mask]e',
  '\u2028::error::forged',
  '\u001b[2J\u001b]0;forged\u0007',
];

/** A line that a runner carries out: at its start, or in the older way anywhere in it. */
const COMMAND = /^\s*::[a-z-]+|##\[/;

describe('names that look like commands of a runner', () => {
  const lines: string[] = [];
  const note = (text: string): void => {
    lines.push(...text.split(/[\r\n\u2028\u2029]/));
  };
  const nothing = (): void => undefined;
  const io = coreIo(
    {
      getInput: () => '',
      setOutput: nothing,
      debug: nothing,
      info: note,
      notice: nothing,
      warning: nothing,
      error: nothing,
      setFailed: nothing,
      summary: undefined as never,
    },
    false,
  );

  it.each(HOSTILE)('%j is text in what a step says', (name) => {
    lines.length = 0;
    io.info(name);
    actionLog(io).warn({ path: name }, 'A file was left out');
    expect(lines).toHaveLength(2);
    expect(lines.filter((line) => COMMAND.test(line) || /\p{Cc}/u.test(line))).toEqual([]);
    expect(lines[1]).toMatch(/^A file was left out path=/);
  });
});

describe('the log of a server', () => {
  it.each(HOSTILE)('has one line for an entry with %j in it', (name) => {
    let text = '';
    const destination = new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    });
    createLog({ level: 'info', destination }).info({ path: name }, 'A file was left out');
    const lines = text.trimEnd().split(/[\r\n]/);
    expect(lines.map((line) => JSON.parse(line).path)).toEqual([name]);
  });
});
