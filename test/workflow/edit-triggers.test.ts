import { parseWorkflow } from '@actions/workflow-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restoreTriggers, serveTriggers } from '../../src/workflow/edit-triggers.ts';
import { withSchedule } from '../../src/workflow/kept-schedule.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { sampledRuns } from '../sampled.ts';
import { CORPUS } from './corpus.ts';

const PATH = '.github/workflows/nightly.yml';
const JOBS = 'jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n';
const NOTICE = '# Offbeat starts this workflow on time. To undo it: /on-time off. As it was:';

function githubErrors(text: string): string[] {
  const trace = { error: () => {}, info: () => {}, verbose: () => {} };
  return parseWorkflow({ name: PATH, content: text }, trace)
    .context.errors.getErrors()
    .map(({ message }) => message);
}

describe('the triggers of a served workflow', () => {
  it('lose their schedule, which stays as comment lines', () => {
    const text = `name: N\non:\n  push:\n  # At night.\n  schedule:\n    - cron: '0 3 * * *'  # quiet\n\n${JOBS}`;
    expect(serveTriggers(PATH, text, 'dispatch-only')).toBe(
      `name: N\non:\n  push:\n  # At night.\n  ${NOTICE}\n  #| schedule:\n  #|   - cron: '0 3 * * *'  # quiet\n  workflow_dispatch: # for Offbeat\n\n${JOBS}`,
    );
  });

  it('only get the dispatch where the schedule stays', () => {
    const text = `on:\n  schedule:\n    - cron: '0 3 * * *'\n  push:\n${JOBS}`;
    expect(serveTriggers(PATH, text, 'dispatch')).toBe(
      `on:\n  schedule:\n    - cron: '0 3 * * *'\n  workflow_dispatch: # for Offbeat\n  push:\n${JOBS}`,
    );
  });

  it('stay as they are where nothing is missing', () => {
    const text = `on:\n  schedule:\n    - cron: '0 3 * * *'\n  workflow_dispatch:\n${JOBS}`;
    expect(serveTriggers(PATH, text, 'dispatch')).toBe(text);
    const parked = serveTriggers(PATH, text, 'dispatch-only');
    expect(serveTriggers(PATH, parked, 'dispatch-only')).toBe(parked);
    expect(parked).toContain('\n  workflow_dispatch:\n');
  });

  it.each([
    ['a text', 'on: push\n', 'on: [push, workflow_dispatch]'],
    ['a quoted text', 'on: "push"  # all\n', 'on: ["push", workflow_dispatch]  # all'],
    ['a list', 'on: [push, pull_request]\n', 'on: [push, pull_request, workflow_dispatch]'],
    ['a list by lines', 'on:\n  - push # x\n', 'on:\n  - push # x\n  - workflow_dispatch'],
    [
      'brackets',
      "on: {schedule: [{cron: '0 3 * * *'}], push: }\n",
      "on: {schedule: [{cron: '0 3 * * *'}], push: , workflow_dispatch: {}}",
    ],
  ])('get a dispatch in %s', (_, on, expected) => {
    const edited = serveTriggers(PATH, on + JOBS, 'dispatch');
    expect(edited.slice(edited.lastIndexOf('\non:') + 1)).toBe(`${expected}\n${JOBS}`);
    expect(restoreTriggers(PATH, edited)).toBe(on + JOBS);
  });

  it.each([
    ['alone', "{schedule: [{cron: '0 3 * * *'}]}", '{workflow_dispatch: {}}'],
    ['first', "{schedule: [{cron: '0 3 * * *'}], workflow_dispatch: }", '{workflow_dispatch: }'],
    ['last', "{workflow_dispatch: , schedule: [{cron: '0 3 * * *'}]}", '{workflow_dispatch: }'],
    [
      'between',
      "{push: , schedule: [{cron: '0 3 * * *'}], workflow_call: }",
      '{push: , workflow_dispatch: {}, workflow_call: }',
    ],
  ])('lose a schedule in brackets that stands %s', (_, on, expected) => {
    const text = `on: ${on} # triggers\n${JOBS}`;
    const edited = serveTriggers(PATH, text, 'dispatch-only');
    expect(edited).toBe(`${NOTICE}\n#| on: ${on} # triggers\non: ${expected} # triggers\n${JOBS}`);
    expect(restoreTriggers(PATH, edited)).toBe(text);
  });

  const STYLES = [
    ...CORPUS.filter(({ text }) => !/&|\*\w|<<:|^\{/.test(text)).map(({ text }) => text),
    `on:\n  schedule:\n    # why\n    - cron: '0 3 * * *'\n\n# far left\n      # far right\n    - cron: '0 4 * * *' # b\n    # after\n  push:\n    branches: [main]\n${JOBS}`,
    `${JOBS}on:\n  schedule:\n    - cron: '0 3 * * *'`,
    `${JOBS}on:\n  workflow_dispatch:\n    inputs: { a: { default: x } }\n  schedule:\n    - cron: '0 3 * * *'\n      timezone: Europe/Berlin`,
    `on: {\n  push: , # all\n  schedule: [ { cron: "0 3 * * *" } ],\n}\n${JOBS}`,
  ];
  const style = fc.constantFrom(...STYLES);
  const lineEnd = fc.constantFrom('\n', '\r\n');

  it('come back byte for byte, and nothing else changes', () => {
    fc.assert(
      fc.property(style, lineEnd, fc.constantFrom('dispatch', 'dispatch-only'), (lines, eol, wanted) => {
        const text = lines.replace(/\r?\n/g, eol);
        const edited = serveTriggers(PATH, text, wanted);
        expect(restoreTriggers(PATH, edited)).toBe(text);
        expect(githubErrors(edited)).toEqual([]);
        const before = readWorkflowFile(PATH, text);
        const after = readWorkflowFile(PATH, edited);
        expect(after.jobs).toEqual(before.jobs);
        expect(after.schedules.length).toBe(wanted === 'dispatch' ? before.schedules.length : 0);
        expect(after.otherTriggers).toContain('workflow_dispatch');
        const crons = readWorkflowFile(PATH, withSchedule(edited)).schedules.map(({ cron }) => cron);
        expect(crons).toEqual(before.schedules.map(({ cron }) => cron));
        expect(withSchedule(edited).split('\n')).toHaveLength(edited.split('\n').length);
      }),
      sampledRuns(400, 150),
    );
  });

  it('come back with what people have changed since', () => {
    const text = `on:\n  schedule:\n    - cron: '0 3 * * *'\n${JOBS}`;
    const edited = serveTriggers(PATH, text, 'dispatch-only');
    const changed = edited.replace('0 3 * * *', '0 5 * * *').replace('make', 'make all');
    expect(restoreTriggers(PATH, changed)).toBe(text.replace('0 3', '0 5').replace('make', 'make all'));
  });

  it('keep a dispatch that has got inputs since', () => {
    const text = `on:\n  schedule:\n    - cron: '0 3 * * *'\n${JOBS}`;
    const edited = serveTriggers(PATH, text, 'dispatch').replace(
      'for Offbeat\n',
      'for Offbeat\n    inputs:\n      a: { default: x }\n',
    );
    expect(restoreTriggers(PATH, edited)).toBe(edited);
  });

  it('are left alone where brackets were edited since', () => {
    const text = `on: {schedule: [{cron: '0 3 * * *'}]}\n${JOBS}`;
    const edited = serveTriggers(PATH, text, 'dispatch-only').replace('on: {w', 'on: {push: , w');
    expect(() => restoreTriggers(PATH, edited)).toThrow(expect.objectContaining({ code: 'edit-unproven' }));
  });

  it.each([
    ['of an entry', `on:\n  schedule:\n    - &c { cron: '0 3 * * *' }\nenv: { C: *c }\n${JOBS}`, 3, 4],
    ['of a key', `on:\n  schedule:\n    - &c cron: '0 3 * * *'\nenv: { C: *c }\n${JOBS}`, 3, 4],
    ['in brackets', `on: { schedule: [{ &c cron: '0 3 * * *' }] }\nenv: { C: *c }\n${JOBS}`, 1, 2],
  ])('are refused with the place of an anchor %s that is used elsewhere', (_, text, line, user) => {
    expect(() => serveTriggers(PATH, text, 'dispatch-only')).toThrow(
      expect.objectContaining({
        code: 'workflow-refused',
        message: expect.stringMatching(
          `^Line ${line}, column \\d+: .*\`schedule\` holds the anchor \`&c\`, which line ${user} refers to`,
        ),
        fix: `Write the value out in line ${user}, in place of \`*c\`.`,
      }),
    );
    expect(serveTriggers(PATH, text, 'dispatch')).toContain('workflow_dispatch');
  });

  it.each([
    ['an anchor', `on: &t\n  schedule:\n    - cron: '0 3 * * *'\n${JOBS}`],
    ['an alias', `x: &t { push: }\non: *t\n${JOBS}`],
    ['a merge key', `x: &t { push: }\non:\n  <<: *t\n  schedule:\n    - cron: '0 3 * * *'\n${JOBS}`],
    ['no triggers', `on:\n${JOBS}`],
    ['broken YAML', `on: [\n${JOBS}`],
    [
      'an anchor that is used elsewhere',
      `on:\n  schedule:\n    - cron: &c '0 3 * * *'\nenv: { C: *c }\n${JOBS}`,
    ],
    [
      'kept lines of somebody else',
      `on:\n  workflow_dispatch:\n  schedule:\n    - cron: '0 3 * * *'\n  #| push:\n${JOBS}`,
    ],
    ['one line for everything', `{ on: { schedule: [{ cron: '0 3 * * *' }] }, jobs: {} }\n`],
  ])('are refused with %s', (_, text) => {
    expect(() => serveTriggers(PATH, text, 'dispatch-only')).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(?:workflow-refused|edit-unproven)$/) }),
    );
  });
});
