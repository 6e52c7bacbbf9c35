import { describe, expect, it } from 'vitest';
import {
  type DispatchTerms,
  findDispatchObstacles,
  PLAIN_TERMS,
} from '../../src/workflow/dispatch-obstacles.ts';
import { serveTriggers } from '../../src/workflow/edit-triggers.ts';
import type { TextFile } from '../../src/workflow/reached.ts';
import { SCHEDULE_READERS } from './schedule-readers.ts';

const A = '.github/workflows/a.yml';
const B = '.github/workflows/b.yml';

/** A nightly workflow with these lines from line 4 on, after `on.schedule`. */
const nightly = (...lines: readonly string[]) =>
  `on:\n  schedule:\n    - cron: '0 3 * * *'\n${lines.join('\n')}\n`;
/** A nightly workflow whose only job has these lines from line 6 on. */
const job = (...lines: readonly string[]) => nightly('jobs:', '  a:', ...lines.map((line) => `    ${line}`));
/** A nightly workflow whose only job has this step, from line 8 on. */
const step = (...lines: readonly string[]) =>
  job('runs-on: x', 'steps:', ...lines.map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`));

function found(text: string, others: readonly TextFile[] = [], terms: Partial<DispatchTerms> = {}) {
  const all = findDispatchObstacles([{ path: A, text }, ...others], () => ({ ...PLAIN_TERMS, ...terms }));
  return (all.get(A) ?? []).map(({ kind, code, path, line }) => `${kind} ${code} ${path}:${line}`);
}

const INPUTS = (...inputs: readonly string[]) =>
  `  workflow_dispatch:\n    inputs:\n${inputs.map((input) => `      ${input}`).join('\n')}`;

describe('reads of what a dispatch changes', () => {
  it.each([
    ['a job for the schedule only', job("if: github.event_name == 'schedule'", 'steps: []'), 6],
    ['an index instead of a member', job("if: github['event_name'] == 'schedule'", 'steps: []'), 6],
    ['the event in a value', step('run: make ${{ github.event_name }}'), 8],
    ['the cron in a value', step('run: make ${{ github.event.schedule }}'), 8],
    ['a job for this cron', job("if: github.event.schedule == '0 3 * * *'", 'steps: []'), 6],
    ['the actor', step('run: make', 'env:', '  WHO: ${{ github.actor }}'), 10],
    ['whoever re-ran it', job("if: github.triggering_actor == 'mona'", 'steps: []'), 6],
    ['the whole context', step('run: node go.js', 'env:', '  ALL: ${{ toJSON(github) }}'), 10],
    ['the whole event', step('uses: x/y@v1', 'with:', '  event: ${{ toJSON(github.event) }}'), 10],
    ['an index that is no constant', step('run: make ${{ github[env.NAME] }}'), 8],
    [
      'the variable in a command of several lines',
      step('run: |', '  make', '  test $GITHUB_EVENT_NAME = push'),
      10,
    ],
    ['the event as a file', step('run: jq .schedule "$GITHUB_EVENT_PATH"'), 8],
    [
      'a script of github-script',
      step('uses: actions/github-script@v8', 'with:', '  script: use(context.eventName)'),
      10,
    ],
    [
      'values by event',
      job("strategy: ${{ fromJSON(github.event_name == 'schedule' && '[1]' || '[2]') }}"),
      6,
    ],
    ['who has sent the event', step('run: make ${{ github.event.sender.login }}'), 8],
    ['a second operand', job("if: success() && github.event_name != 'schedule'", 'steps: []'), 6],
  ])('finds %s', (_, text, line) => {
    expect(found(text)).toEqual([`blocking event-read ${A}:${line}`]);
  });

  it.each([
    ['an event that is neither', job("if: github.event_name != 'pull_request'", 'steps: []')],
    [
      'both events at once',
      job("if: github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'"),
    ],
    [
      'a list with both',
      job(`if: contains(fromJSON('["schedule", "workflow_dispatch"]'), github.event_name)`),
    ],
    ['a push to a branch', job("if: github.event_name == 'push' && github.ref == 'refs/heads/main'")],
    [
      'anything but a push to a fork',
      job("if: ${{ github.event_name != 'push' || github.repository == 'o/r' }}"),
    ],
    ['fields of pull requests', step('run: make ${{ github.event.pull_request.number || github.sha }}')],
    ['the repository of the event', step('run: make ${{ github.event.repository.name }}')],
    ['a bot that commits no cron', job("if: github.actor != 'dependabot[bot]'")],
    ['a condition that is false at all times', job("if: false && github.event_name == 'schedule'")],
    ['the event in names', nightly('run-name: ${{ github.event_name }} by ${{ github.actor }}', 'jobs: {}')],
    ['the event in the name of a step', step('name: ${{ github.actor }}', 'run: make')],
    ['a context that is only printed', step('run: echo "$ALL"', 'env:', '  ALL: ${{ toJSON(github) }}')],
    ['a user name at a registry', step('run: docker login ghcr.io -u ${{ github.actor }} --password-stdin')],
    [
      'a user name of the login action',
      step('uses: docker/login-action@v3', 'with:', '  username: ${{ github.actor }}'),
    ],
    ['an input that nothing declares', step('run: make ${{ inputs.level }}')],
    ['a text that only looks like one', step('run: make my_github.event_names')],
  ])('lets %s pass', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  it.each([
    [
      'true by default',
      'dry-run: { type: boolean, default: true }',
      'run: make ${{ inputs.dry-run }}',
      false,
    ],
    ['a flag in a value', 'dry-run: { type: boolean }', 'run: make ${{ inputs.dry-run }}', false],
    ['a flag in a condition', 'dry-run: { type: boolean }', 'if: inputs.dry-run', true],
    ['a flag as text in a condition', 'dry-run: { type: boolean }', 'if: github.event.inputs.dry-run', false],
    ['the same text by default', 'level: { default: all }', "run: make ${{ inputs.level || 'all' }}", true],
    ['another text by default', 'level: { default: few }', "run: make ${{ inputs.level || 'all' }}", false],
    [
      'a text without default',
      'level: { description: x }',
      'run: make ${{ github.event.inputs.level }}',
      true,
    ],
    [
      'a choice without default',
      'level: { type: choice, options: [a] }',
      'run: make ${{ inputs.level }}',
      false,
    ],
    ['all inputs', 'level: { default: few }', 'run: make ${{ toJSON(inputs) }}', false],
  ])('compares %s of an input with the nothing of a schedule', (_, input, line, isSame) => {
    const text = step(line).replace('jobs:', `${INPUTS(input)}\njobs:`);
    expect(found(text)).toEqual(isSame ? [] : [expect.stringContaining('blocking event-read')]);
  });

  const githubScript = (...lines: readonly string[]) =>
    step('uses: actions/github-script@v8', 'with:', '  script: |', ...lines.map((line) => `    ${line}`));

  it.each(SCHEDULE_READERS)('finds the schedule that `%s` reads', (script) => {
    expect(found(githubScript(script))).toContain(`blocking event-read ${A}:11`);
    expect(found(step('run: node a.js'), [{ path: 'a.js', text: script }])).toContain(
      'blocking event-read a.js:1',
    );
  });

  it.each([
    ['context["eventName"]', 'context.eventName'],
    ['context?.["actor"]', 'context.actor'],
    ['const c = context; run(c.eventName);', 'context.eventName'],
    ['const { context: c } = require("@actions/github"); run(c.actor);', 'context.actor'],
    ['const { eventName } = context;', 'context.eventName'],
    ['const { eventName: e, repo: { owner } } = context;', 'context.eventName'],
    ['const { repo: { owner }, actor } = github.context;', 'context.actor'],
    ['const { eventName,\n        repo } = context;', 'context.eventName'],
    ['send(JSON.stringify(process.env));', 'process.env'],
  ])('finds what `%s` reads, and shows `%s`', (script, shown) => {
    const text = githubScript('run();', ...script.split('\n'));
    const obstacles = findDispatchObstacles([{ path: A, text }], () => PLAIN_TERMS).get(A);
    expect(obstacles).toMatchObject([{ code: 'event-read', line: 12 }]);
    expect(obstacles?.[0]?.sentence).toBe(
      `What \`${shown}\` gives here differs between a run by schedule and a dispatch.`,
    );
  });

  it.each([
    'const { repo: { owner } } = context;',
    'const c = context; run(c.repo);',
    'run({ actor: 1 })\nconst { repo } = context',
    'const { eventName } = analytics.last();',
    'console.log(JSON.stringify(process.env));',
  ])('lets the script `%s` pass', (script) => {
    expect(found(githubScript(...script.split('\n')))).toEqual([]);
  });

  it.each([
    ['env > all.txt; ./send all.txt', true],
    ['make && printenv | sort >> "$OUT"', true],
    ['env | curl -d @- example.org', true],
    ['env | ./send', true],
    ['env | sort', false],
    ['env | grep ^MY_ > my.txt', false],
    ['env FOO=1 make > out.txt', false],
    ['printenv HOME > home.txt', false],
    ['env > /dev/null', false],
    ['env >&2', false],
  ])('looks at who gets the whole environment: %s', (command, isRead) => {
    expect(found(step(`run: '${command}'`))).toEqual(isRead ? [`blocking event-read ${A}:8`] : []);
  });

  it('finds a read in what a script or a Docker action runs', () => {
    const reads = { path: 'ci/b.sh', text: 'test "$GITHUB_EVENT_NAME" = schedule\n' };
    const script = { path: 'ci/a.sh', text: '. "$(dirname "$0")/b.sh"\n' };
    expect(found(step('run: bash ci/a.sh'), [script, reads])).toEqual(['blocking event-read ci/b.sh:1']);
    const action = { path: 'ci/action.yml', text: 'runs: { using: docker, image: Dockerfile }\n' };
    const image = { path: 'ci/Dockerfile', text: 'FROM a\nCOPY b.sh /\nENTRYPOINT ["/b.sh"]\n' };
    expect(found(step('uses: ./ci'), [action, image, reads])).toEqual(['blocking event-read ci/b.sh:1']);
  });

  it.each(['main', 'pre', 'post'])('finds a read in the `%s` of a JavaScript action', (key) => {
    const action = { path: 'act/action.yml', text: `runs: { using: node24, ${key}: dist/a.js }\n` };
    const program = { path: 'act/dist/a.js', text: 'run(context.eventName);\n' };
    expect(found(step('uses: ./act'), [action, program])).toEqual(['blocking event-read act/dist/a.js:1']);
  });

  it('knows the ways in which workflows take both kinds of start for the same', () => {
    const chosen = step(
      "if: matrix.id == 'a' && (github.event_name == 'schedule' || inputs.id == 'all')",
      'run: make',
    );
    const choice = INPUTS('id: { type: choice, required: true, default: all, options: [all, a] }');
    expect(found(chosen.replace('jobs:', `${choice}\njobs:`))).toEqual([]);
    const folded = job(
      'if: >-',
      "  (github.event_name == 'schedule') ||",
      "  github.event_name == 'workflow_dispatch' ||",
      "  (github.event_name == 'push' && startsWith(github.ref, 'refs/tags/v') && ( ! endsWith(github.ref, 'dev0')))",
      'env:',
      "  PUSHED: ${{ github.event_name == 'push' && startsWith(github.ref, 'refs/tags/v') }}",
    );
    expect(found(folded)).toEqual([]);
    const byHand = job("if: contains(github.ref, 'main') && github.event_name == 'workflow_dispatch'");
    expect(found(byHand)).toEqual([`blocking event-read ${A}:6`]);
  });

  it('leaves an input to those who have stated it', () => {
    const text = step('run: make ${{ inputs.level }} ${{ github.event.inputs.Level }}');
    const declared = text.replace('jobs:', `${INPUTS('level: { required: true }')}\njobs:`);
    expect(found(declared)).toEqual([`blocking input-required ${A}:6`]);
    expect(found(declared, [], { inputs: { level: 'all' } })).toEqual([]);
  });

  it.each([
    ['an input that is not declared', { levle: 'a' }, [`blocking input-refused ${A}:3`]],
    ['a value that the options do not name', { level: 'c' }, [`blocking input-refused ${A}:6`]],
    ['a value of the options', { Level: 'a' }, []],
    ['a number of the options', { level: 1 }, []],
  ])('look at %s in what is stated', (_, inputs, expected) => {
    const choice = INPUTS('level: { type: choice, options: [a, 1], default: a }');
    expect(found(nightly(choice, 'jobs: {}'), [], { inputs })).toEqual(expected);
  });

  it.each([
    [{ levle: 'a' }, 'Did you mean "level"? Take it out there'],
    [{ level: 'alpa' }, 'Did you mean "alpha"? Write one of its options.'],
  ])('ask whether a near word was meant: %j', (inputs, fix) => {
    const choice = INPUTS('level: { type: choice, options: [alpha, 1], default: alpha }');
    const terms = { ...PLAIN_TERMS, inputs };
    const text = nightly(choice, 'jobs: {}');
    const [obstacle] = findDispatchObstacles([{ path: A, text }], () => terms).get(A) ?? [];
    expect(obstacle?.fix).toContain(fix);
  });

  it.each([
    ['boolean', 'yes', 'it is a boolean. Write true or false.'],
    ['boolean', 1, 'it is a boolean. Write true or false.'],
    ['number', 'many', 'it is a number. Write a number.'],
    ['number', '', 'it is a number. Write a number.'],
    ['number', true, 'it is a number. Write a number.'],
    ['boolean', false, null],
    ['boolean', 'true', null],
    ['number', 3, null],
    ['number', '-2.5', null],
    ['string', true, null],
    ['environment', 'staging', null],
  ])('look at the type of what is stated: %s, %j', (type, value, said) => {
    const text = nightly(INPUTS(`level: { type: ${type} }`), 'jobs: {}');
    const terms = { ...PLAIN_TERMS, inputs: { level: value } };
    const [obstacle, ...others] = findDispatchObstacles([{ path: A, text }], () => terms).get(A) ?? [];
    expect(others).toEqual([]);
    expect(obstacle === undefined ? null : obstacle.code).toBe(said === null ? null : 'input-refused');
    if (said !== null) expect(`${obstacle?.sentence} ${obstacle?.fix}`).toContain(said);
  });

  it('find a stated input where nothing is declared', () => {
    expect(found(step('run: make'), [], { inputs: { level: 'a' } })).toEqual([
      `blocking input-refused ${A}:3`,
    ]);
  });
});

it('find jobs with which GitHub refuses the file', () => {
  expect(found(job('needs: b', 'runs-on: x', 'steps: []'))).toEqual([`blocking file-refused ${A}:6`]);
});

// Work that grows with the square of a text would go on for longer than a test may take.
describe('hostile files', () => {
  it.each([
    ['openings without an end', `run: '${'${{ '.repeat(100_000)}'`, []],
    ['quotes without an end', `run: "\${{ ${"'x".repeat(100_001)} }}"`, []],
    ['logins without a name', `run: '${'login '.repeat(60_000)}'`, []],
    ['deep groups', `if: ${'('.repeat(50_000)}true`, []],
    ['many aliases', `run: '${'const c = context; c.'.repeat(20_000)}'`, []],
    ['deep patterns', `run: '${'{ payload: { context'.repeat(20_000)}'`, []],
    ['many reads', `run: '${'${{ github.actor }} '.repeat(20_000)}'`, [`blocking event-read ${A}:8`]],
    ['long printing', `run: '${'echo x '.repeat(50_000)}|'`, []],
  ])('with %s are read to their end', (_, line, expected) => {
    expect(found(step(line))).toEqual(expected);
  });

  it.each(['WORKDIR a\n', 'COPY a b/\n', 'COPY ', '\\\n', 'ENTRYPOINT ["/a/b"]\n'])(
    'of Docker actions are read to their end: %j',
    (line) => {
      const action = { path: 'a/action.yml', text: 'runs: { using: docker, image: Dockerfile }\n' };
      const image = { path: 'a/Dockerfile', text: line.repeat(100_000) };
      expect(found(step('uses: ./a'), [action, image])).toEqual([]);
    },
  );

  it('with many reads in a script are read to their end', () => {
    const text = 'use $GITHUB_ACTOR\n'.repeat(50_000);
    expect(found(step('run: ./go.sh'), [{ path: 'go.sh', text }])).toHaveLength(20);
  });
});

describe('reads in other files', () => {
  const composite = (line: string) =>
    `runs:\n  using: composite\n  steps:\n    - ${line}\n      shell: bash\n`;
  it.each([
    ['a local action', step('uses: ./act'), 'act/action.yml', composite('run: make ${{ github.actor }}'), 4],
    [
      'a called workflow',
      job('uses: ./.github/workflows/b.yml'),
      B,
      "on: workflow_call\njobs:\n  b:\n    if: github.event_name == 'schedule'\n",
      4,
    ],
    ['a script', step('run: ./go.sh'), 'go.sh', 'set -e\ncase $GITHUB_EVENT_NAME in esac\n', 2],
    [
      'a script by its name',
      step('run: python tools/go.py'),
      'tools/go.py',
      'import os\nos.environ["GITHUB_ACTOR"]\n',
      2,
    ],
  ])('are found in %s', (_, text, path, other, line) => {
    expect(found(text, [{ path, text: other }])).toEqual([`blocking event-read ${path}:${line}`]);
  });

  it('takes the inputs of a called workflow for those of its caller', () => {
    const called = 'on: workflow_call\njobs:\n  b:\n    if: inputs.deploy\n';
    expect(found(job('uses: ./.github/workflows/b.yml'), [{ path: B, text: called }])).toEqual([]);
  });

  it.each([
    ['a workflow of another repository', job('uses: octo/shared/.github/workflows/ci.yml@v1'), 6],
    ['a workflow that is not there', job('uses: ./.github/workflows/gone.yml'), 6],
    ['a local action that is not there', step('uses: ./act'), 8],
  ])('counts %s', (_, text, line) => {
    expect(found(text)).toEqual([`blocking unread-file ${A}:${line}`]);
  });

  it('lets actions of others pass', () => {
    expect(found(step('uses: actions/checkout@v6'))).toEqual([]);
  });
});

describe('concurrency groups', () => {
  const grouped = (group: string, ...lines: readonly string[]) =>
    nightly(...lines, 'concurrency:', `  group: ${group}`, 'jobs: {}');

  it.each([
    ['a push on the same branch', '  push:', '${{ github.workflow }}-${{ github.ref }}', true],
    ['a push only of tags', '  push: { tags: [v*] }', '${{ github.workflow }}-${{ github.ref }}', false],
    ['a pull request, by ref', '  pull_request:', '${{ github.workflow }}-${{ github.ref }}', false],
    ['a pull request, without ref', '  pull_request:', '${{ github.workflow }}', true],
    ['a pull request or the run', '  pull_request:', '${{ github.head_ref || github.run_id }}', false],
    ['a push in a group by event', '  push:', '${{ github.event_name }}', false],
    ['a person only', '  workflow_dispatch:', 'nightly', false],
  ])('of %s', (_, trigger, group, isShared) => {
    expect(found(grouped(`'${group}'`, trigger))).toEqual(isShared ? [`blocking concurrency ${A}:6`] : []);
  });

  it.each([
    ['deploy', 'Deploy', true],
    ['deploy', 'build', false],
    ["'${{ github.workflow }}'", "'${{ github.workflow }}'", false],
    ["'x-${{ github.ref }}'", "'x-${{ github.ref }}'", true],
  ])('of another workflow: %s and %s', (own, other, isShared) => {
    const text = `name: B\non: push\njobs:\n  b:\n    concurrency: ${other}\n`;
    const reasons = found(`name: A\n${grouped(own)}`, [{ path: B, text }]);
    expect(reasons).toEqual(isShared ? [`blocking concurrency ${A}:6`] : []);
  });

  it('count of a job and of a called workflow too', () => {
    const called = 'on: workflow_call\nconcurrency: one\njobs: {}\n';
    const other = { path: '.github/workflows/c.yml', text: 'on: push\nconcurrency: one\njobs: {}\n' };
    const caller = job('uses: ./.github/workflows/b.yml');
    expect(found(caller, [{ path: B, text: called }, other])).toEqual([`blocking concurrency ${B}:2`]);
  });

  it('are shared by twins where GitHub’s cron stays, unless all wait', () => {
    const text = grouped("'${{ github.workflow }}'");
    expect(found(text)).toEqual([]);
    expect(found(text, [], { net: 'cron' })).toEqual([`blocking concurrency ${A}:5`]);
    const waiting = text.replace('jobs: {}', '  queue: max\njobs: {}');
    expect(found(waiting, [], { net: 'cron' })).toEqual([]);
    expect(found(grouped("'${{ github.event_name }}'"), [], { net: 'cron' })).toEqual([]);
  });
});

describe('workflows that run afterwards', () => {
  const listener = (condition: string) => ({
    path: B,
    text: `on:\n  workflow_run: { workflows: [Nightly], types: [completed] }\njobs:\n  tell:\n    if: ${condition}\n`,
  });
  const text = `name: Nightly\n${step('run: make')}`;

  it.each([
    ["github.event.workflow_run.conclusion == 'success'", false, false],
    ["github.event.workflow_run.conclusion != 'success'", false, true],
    ['always()', false, true],
    ["github.event.workflow_run.event == 'schedule'", true, true],
    ["github.event.workflow_run.event != 'pull_request'", false, true],
    ["github.event.workflow_run.event == 'pull_request'", false, false],
    ["github.event.workflow_run.actor.login != 'mona'", true, true],
  ])('if: %s', (condition, own, cron) => {
    const reason = [`blocking listener ${B}:5`];
    expect(found(text, [listener(condition)])).toEqual(own ? reason : []);
    expect(found(text, [listener(condition)], { net: 'cron' })).toEqual(cron ? reason : []);
  });
});

describe('what runs afterwards and reads how the run was started', () => {
  const EVENT = 'github.event.workflow_run.event';
  const listening = (...lines: readonly string[]) => ({
    path: B,
    text: `on:\n  workflow_run: { workflows: [Nightly] }\njobs:\n  tell:\n${lines.map((line) => `    ${line}\n`).join('')}`,
  });
  const inStep = (...lines: readonly string[]) =>
    listening('steps:', ...lines.map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`));
  const script = (line: string) => inStep('uses: actions/github-script@v8', 'with:', `  script: '${line}'`);
  const text = `name: Nightly\n${step('run: make')}`;

  it.each([
    ['the condition of a step', inStep(`if: ${EVENT} == 'schedule'`, 'run: make'), 6],
    ['a variable of a step', inStep('run: make', 'env:', `  EVENT: \${{ ${EVENT} }}`), 8],
    ['a variable of a job', listening('env:', `  EVENT: \${{ ${EVENT} }}`, 'steps: []'), 6],
    ['a command', inStep(`run: if [ "\${{ ${EVENT} }}" = schedule ]; then make; fi`), 6],
    ['an input of an action', inStep('uses: x/y@v1', 'with:', `  all: \${{ toJSON(github.event) }}`), 8],
    ['the event as a file', inStep('run: jq -r .workflow_run.event "$GITHUB_EVENT_PATH" > event'), 6],
    ['a script', script('run(context.payload.workflow_run.event)'), 8],
    ['a script with another name', script('const r = context.payload.workflow_run; run(r.actor)'), 8],
    ['a script with a pattern', script('const { workflow_run: { event } } = context.payload'), 8],
  ])('counts in %s', (_, listener, line) => {
    expect(found(text, [listener])).toEqual([`blocking listener ${B}:${line}`]);
  });

  it.each([
    ['reads what is the same both ways', inStep('run: make ${{ github.event.workflow_run.id }}')],
    ['tells it in a name', inStep(`name: After \${{ ${EVENT} }}`, 'run: make')],
    ['only prints it', inStep(`run: echo "\${{ ${EVENT} }}"`)],
    ['reads other fields by script', script('run(context.payload.workflow_run.head_sha, run.event)')],
    [
      'never runs for it',
      listening(
        `if: ${EVENT} == 'pull_request'`,
        'env:',
        '  WHO: ${{ github.event.workflow_run.actor.login }}',
      ),
    ],
    [
      'has a step that never runs for it',
      inStep(`if: ${EVENT} == 'push'`, 'run: make ${{ github.event.workflow_run.actor.login }}'),
    ],
  ])('counts none that %s', (_, listener) => {
    expect(found(text, [listener])).toEqual([]);
  });

  it('leaves out jobs and steps of the workflow itself that run neither way', () => {
    const pulls = "if: github.event_name == 'pull_request'";
    expect(found(job(pulls, 'env:', '  WHO: ${{ github.actor }}'))).toEqual([]);
    expect(found(step(pulls, 'run: make ${{ github.actor }}'))).toEqual([]);
    const nights = "if: github.event_name != 'pull_request'";
    expect(found(step(nights, 'run: make ${{ github.actor }}'))).toEqual([`blocking event-read ${A}:9`]);
  });
});

describe('what a run may need', () => {
  it('is a token of OIDC: a warning, and a reason where its subject names the actor', () => {
    const text = job('permissions: { id-token: write }');
    expect(found(text)).toEqual([`warning id-token ${A}:6`]);
    expect(found(text, [], { subjectClaims: ['repo', 'actor'] })).toEqual([`blocking id-token ${A}:6`]);
    expect(found(text, [], { subjectClaims: null })).toEqual([`warning id-token ${A}:6`]);
    expect(found(nightly('permissions: write-all', 'jobs: {}'))).toEqual([`warning id-token ${A}:4`]);
    expect(found(nightly('permissions: { id-token: none }', 'jobs: {}'))).toEqual([]);
  });

  it('is an environment with reviewers', () => {
    const terms = { reviewedEnvironments: new Set(['prod']) };
    expect(found(job('environment: Prod'), [], terms)).toEqual([`blocking environment ${A}:6`]);
    expect(found(job('environment: { name: test }'), [], terms)).toEqual([]);
    const unread = { reviewedEnvironments: null };
    expect(found(job('environment: { name: test }'), [], unread)).toEqual([`warning environment ${A}:6`]);
  });

  it.each([
    ['uses: anthropics/claude-code-action@v1', 'blocking'],
    ['uses: openai/codex-action@v1', 'blocking'],
    ['uses: docker/metadata-action@v5', 'blocking'],
    ['uses: peter-evans/create-pull-request@v7', 'warning'],
  ])('is an action that treats bots otherwise: %s', (line, kind) => {
    expect(found(step(line))).toEqual([`${kind} action ${A}:8`]);
  });

  it('is no such action where bots are let through', () => {
    expect(found(step('uses: anthropics/claude-code-action@v1', 'with: { allowed_bots: offbeat }'))).toEqual(
      [],
    );
  });

  it.each([
    ['a cron that GitHub does not take', step('run: make').replace('0 3', '0 25'), 3],
    ['both day fields', step('run: make').replace('* * *', '1 * 1'), 3],
    ['an anchor that is used elsewhere', step('run: *k').replace('- cron', '- &k cron'), 3],
    ['triggers on one line with the rest', `{ on: { schedule: [{ cron: '0 3 * * *' }] }, jobs: {} }`, 1],
  ])('is no file with %s', (_, text, line) => {
    expect(found(text)).toEqual([`blocking file-refused ${A}:${line}`]);
  });

  it('is the same after the schedule was taken out, at the same lines', () => {
    const text = step('run: make ${{ github.event_name }}');
    const served = serveTriggers(A, text, 'dispatch-only');
    expect(served).not.toBe(text);
    expect(found(served)).toEqual([`blocking event-read ${A}:${served.split('\n').length - 1}`]);
  });

  it('is a name that the net can hold, where there is one', () => {
    const path = '.github/workflows/a b.yml';
    const all = (net: DispatchTerms['net']) =>
      findDispatchObstacles([{ path, text: step('run: make') }], () => ({ ...PLAIN_TERMS, net })).get(path);
    expect(all('own')).toMatchObject([{ code: 'file-refused' }]);
    expect(all('none')).toEqual([]);
  });

  it('is a file that may be edited', () => {
    expect(found(`# Code generated. DO NOT EDIT.\n${step('run: make')}`)).toEqual([
      `blocking file-refused ${A}:1`,
    ]);
  });
});
