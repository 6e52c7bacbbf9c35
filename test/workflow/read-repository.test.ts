import { describe, expect, it } from 'vitest';
import { isWorkflowPath, pathWithoutRef } from '../../src/workflow/paths.ts';
import { eachReaching, readReaching } from '../../src/workflow/reached.ts';
import { missingFiles, readWorkflowFiles } from '../../src/workflow/read-repository.ts';
import { SCHEDULE_READERS } from './schedule-readers.ts';

function workflow(name: string, text: string) {
  return { path: `.github/workflows/${name}`, text };
}

const CALLER =
  "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n";
const BETWEEN = 'on: workflow_call\njobs:\n  b:\n    uses: ./.github/workflows/c.yml\n';
const READER = 'on: workflow_call\njobs:\n  c:\n    runs-on: ${{ github.event.schedule }}\n';

describe('readWorkflowFiles', () => {
  it('refuses schedules of a workflow that calls one which passes the schedule on', () => {
    const files = readWorkflowFiles([
      workflow('a.yml', CALLER),
      workflow('b.yml', BETWEEN),
      workflow('c.yml', READER),
    ]);
    const refusal = files[0]?.schedules[0]?.refusal;
    expect(refusal?.code).toBe('schedule-expression');
    expect(refusal?.sentence).toContain('.github/workflows/c.yml:4');
  });

  it('does not refuse them where no called workflow reads it', () => {
    const files = readWorkflowFiles([
      workflow('a.yml', CALLER),
      workflow('b.yml', 'on: workflow_call\njobs: {}\n'),
    ]);
    expect(files[0]?.schedules[0]?.refusal).toBeUndefined();
  });

  it('follows a call of a file with an "@" in its name', () => {
    const files = readWorkflowFiles([
      workflow('a.yml', CALLER.replace('b.yml', 'b@prod.yml')),
      workflow('b@prod.yml', READER),
    ]);
    expect(files[0]?.schedules[0]?.refusal?.code).toBe('schedule-expression');
  });

  it('follows the calls of a wanted workflow into those that are left out', () => {
    const sources = [workflow('a.yml', CALLER), workflow('b.yml', BETWEEN), workflow('c.yml', READER)];
    const read = [...eachReaching(sources, (text) => text.includes('schedule:'))];
    expect(read.map((one) => one.read.file.path)).toEqual(['.github/workflows/a.yml']);
    expect(read[0]?.reached.files).toHaveLength(2);
  });

  it('ends where workflows call each other in a circle', () => {
    const circle = CALLER.replace('b.yml', 'a.yml');
    expect(readWorkflowFiles([workflow('a.yml', circle)])[0]?.schedules[0]?.refusal).toBeUndefined();
  });

  it('leaves out files that GitHub does not run', () => {
    expect(
      readWorkflowFiles([{ path: '.github/workflows/old/a.yml', text: CALLER }, workflow('a.txt', CALLER)]),
    ).toEqual([]);
  });
});

const STEPS = (...steps: readonly string[]) =>
  `on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  a:\n    runs-on: x\n    steps:\n${steps.map((step) => `      - ${step}\n`).join('')}`;
const ACTION =
  'runs:\n  using: composite\n  steps:\n    - run: make\n      name: ${{ github.event.schedule }}\n';
const WITH_EVENT = 'uses: ./act\n        with:\n          event: ${{ toJSON(github.event) }}';

function refusalOf(text: string, ...others: readonly (readonly [path: string, text: string])[]) {
  const files = readWorkflowFiles([
    workflow('a.yml', text),
    ...others.map(([path, other]) => ({ path, text: other })),
  ]);
  return files[0]?.schedules[0]?.refusal;
}

const READS = 'jq -r .schedule "$GITHUB_EVENT_PATH"\n';

describe('a schedule that is read in another file', () => {
  it.each([
    ['a local action', STEPS('uses: ./act'), 'act/action.yml', ACTION, 'act/action.yml:5'],
    ['an action named action.yaml', STEPS('uses: ./act/'), 'act/action.yaml', ACTION, 'act/action.yaml:5'],
    [
      'a script that reads the event',
      STEPS('run: node scripts/night.js'),
      'scripts/night.js',
      "const event = require(process.env.GITHUB_EVENT_PATH);\nif (event.schedule === '0 3 * * *') full();\n",
      'scripts/night.js:2',
    ],
    [
      'a script in another language',
      STEPS('run: python3 ci/night.py'),
      'ci/night.py',
      "event = json.load(open(os.environ['GITHUB_EVENT_PATH']))\ncron = event.get('schedule')\n",
      'ci/night.py:2',
    ],
    [
      'a script below a working directory',
      STEPS('run: ./night\n        working-directory: ci'),
      'ci/night',
      'jq -r .schedule "$GITHUB_EVENT_PATH"\n',
      'ci/night:1',
    ],
    ['a script in a folder that is gone to', STEPS('run: cd ci && ./night'), 'ci/night', READS, 'ci/night:1'],
    [
      'a script in a folder from which it does not come back',
      STEPS(
        'run: |\n          (cd docs && make)\n          cd ci/jobs\n          cd ../..\n          bash ci/night --all',
      ),
      'ci/night',
      READS,
      'ci/night:1',
    ],
    [
      'a script below the working directory of the job',
      STEPS('run: bash night').replace('jobs:', 'defaults:\n  run:\n    working-directory: ci\njobs:'),
      'ci/night',
      READS,
      'ci/night:1',
    ],
    ['a script without extension', STEPS('run: CI=1 ci/night --all'), 'ci/night', READS, 'ci/night:1'],
    ['a module of Python', STEPS('run: python3 -m ci.night'), 'ci/night.py', READS, 'ci/night.py:1'],
    [
      'a target of make, with what it needs',
      STEPS('run: make -C ci night DEBUG=1'),
      'ci/Makefile',
      `all: day\n\nnight: event\n\techo night\n\nevent:\n\t${READS}\nday:\n\techo day\n`,
      'ci/Makefile:7',
    ],
    [
      'the first target of make',
      STEPS('run: make'),
      'Makefile',
      `CRON := x\n.PHONY: all\nall:\n\t${READS}`,
      'Makefile:4',
    ],
    [
      'a script of the package',
      STEPS('run: npm run night -- --all'),
      'package.json',
      '{ "files": ["night"],\n  "scripts": {\n    "prenight": "jq -r .schedule $GITHUB_EVENT_PATH",\n    "night": "true"\n  }\n}\n',
      'package.json:3',
    ],
    [
      'a script that goes through all of the event',
      STEPS('run: node ci/night.js'),
      'ci/night.js',
      'const event = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH));\nfor (const [key, value] of Object.entries(event)) set(key, value);\n',
      'ci/night.js:2',
    ],
    [
      'a script to which the whole event is handed',
      STEPS('run: node ci/night.js\n        env:\n          EVENT: ${{ toJSON(github.event) }}'),
      'ci/night.js',
      'const { schedule: cron } = JSON.parse(process.env.EVENT);\n',
      'ci/night.js:1',
    ],
    [
      'the program of a local action',
      STEPS('uses: ./act'),
      'act/action.yml',
      'runs:\n  using: node24\n  main: dist/index.js\n',
      'act/dist/index.js:1',
    ],
  ])('refuses it for %s and names the line', (_, text, path, other, place) => {
    const program = ['act/dist/index.js', 'const { schedule } = github.context.payload;\n'] as const;
    expect(refusalOf(text, [path, other], program)).toMatchObject({
      code: 'schedule-expression',
      sentence: expect.stringContaining(place),
    });
  });

  it.each([
    'module.exports = ({ payload: { schedule } }) => schedule;\n',
    'module.exports = (given) => given.payload.schedule;\n',
  ])('refuses it for a script to which the context is handed: %j', (program) => {
    const text = STEPS('run: node ci/night.cjs');
    expect(refusalOf(text, ['ci/night.cjs', program])?.sentence).toContain('ci/night.cjs:1');
  });

  const docker = (...lines: readonly string[]) =>
    ['act/action.yml', `runs:\n  using: docker\n${lines.map((line) => `  ${line}\n`).join('')}`] as const;

  it.each([
    ['ENTRYPOINT', ['COPY entrypoint.sh /e.sh', 'ENTRYPOINT ["/e.sh"]'], 'act/entrypoint.sh'],
    [
      'a command in the other form',
      ['COPY . /app', 'CMD python3 /app/bin/night.py --all'],
      'act/bin/night.py',
    ],
    ['a name', ['COPY night /usr/bin/', 'entrypoint ["night"]'], 'act/night'],
    ['a folder', ['WORKDIR /app', 'ADD \\', '  src/ ./', 'ENTRYPOINT ["node", "/app/a.js"]'], 'act/src/a.js'],
    ['a pattern', ['COPY --chmod=755 bin/*.py /opt/', 'CMD ["/opt/a.py"]'], 'act/bin/a.py'],
    ['a script on the way', ['COPY *.sh /', 'COPY run.sh a.py /', 'ENTRYPOINT ["/run.sh"]'], 'act/a.py'],
  ])('refuses it for what the Dockerfile of a local action runs by %s', (_, lines, path) => {
    const files = [
      docker('image: Dockerfile'),
      ['act/Dockerfile', `FROM alpine\n${lines.join('\n')}\n`],
      ['act/run.sh', 'exec python3 /a.py\n'],
    ] as const;
    expect(refusalOf(STEPS('uses: ./act'), ...files, [path, READS])?.sentence).toContain(`${path}:1`);
  });

  it.each([
    ['in the Dockerfile', [], 'act/Dockerfile:4', 'act/no.sh'],
    ['of `entrypoint`', ['entrypoint: /e.sh'], 'act/e.sh:1', 'act/e.sh'],
    ['of `pre-entrypoint`', ['pre-entrypoint: setup.sh'], 'act/setup.sh:1', 'act/setup.sh'],
    ['in the checkout', ['args: [-c, /github/workspace/ci/night.sh]'], 'ci/night.sh:1', 'ci/night.sh'],
  ])('refuses it for a command %s of a Docker action', (_, lines, place, path) => {
    const own = lines.length > 0 ? '' : `ENTRYPOINT ["sh", "-c", "${READS.trim().replaceAll('"', '')}"]\n`;
    const files = [
      docker('image: docker/../Dockerfile', ...lines),
      ['act/Dockerfile', `FROM a\n# jq .schedule $GITHUB_EVENT_PATH\nCOPY . /\n${own}`],
      [path, READS],
    ] as const;
    expect(refusalOf(STEPS('uses: ./act'), ...files)?.sentence).toContain(place);
  });

  it('allows a Docker action whose image only holds such a file, or reads it while it is built', () => {
    const files = [
      docker('image: Dockerfile'),
      ['act/Dockerfile', `FROM a\nCOPY . /\nRUN /night.sh; ${READS}ENTRYPOINT ["/e.sh"]\n`],
      ['act/night.sh', READS],
      ['act/e.sh', 'make\n'],
    ] as const;
    expect(refusalOf(STEPS('uses: ./act'), ...files)).toBeUndefined();
  });

  it('refuses it for what a step runs in a container', () => {
    const step = STEPS(
      'uses: docker://alpine\n        with:\n          entrypoint: /github/workspace/ci/night.sh',
    );
    expect(refusalOf(step, ['ci/night.sh', READS])?.sentence).toContain('ci/night.sh:1');
  });

  it.each([
    '. "$(dirname "$0")/event.sh"',
    'source "$(dirname "${BASH_SOURCE[0]}")"/event.sh',
    '. "${BASH_SOURCE%/*}/../ci/event.sh"',
    'DIR="$( cd "$( dirname "${BASH_SOURCE[0]}" )" &> /dev/null && pwd )"\nsource "$DIR/event.sh"',
    'ROOT=$(cd "$(dirname "$0")/.." && pwd)\nbash ${ROOT}/ci/event.sh',
    'cd "$(dirname "$0")" && ./event.sh',
  ])('refuses it for a script that a script finds beside itself: %j', (line) => {
    const files = [
      ['ci/night.sh', `${line}\n`],
      ['ci/event.sh', READS],
    ] as const;
    expect(refusalOf(STEPS('run: bash ci/night.sh'), ...files)?.sentence).toContain('ci/event.sh:1');
  });

  it('refuses it for a script that a script, a target or a package runs', () => {
    const script = ['ci/event.sh', READS] as const;
    const files = [
      ['ci/night.sh', 'set -e\nbash ci/event.sh\n'],
      ['Makefile', 'night:\n\t@bash ci/event.sh\nday:\n\ttrue\n'],
      [
        'package.json',
        '{"scripts": {\n"night": "npm run event",\n"event": "bash ci/event.sh",\n"day": "true"}}\n',
      ],
    ] as const;
    for (const run of ['bash ci/night.sh', 'make night', 'npm run night', 'yarn night']) {
      expect(refusalOf(STEPS(`run: ${run}`), script, ...files)?.sentence).toContain('ci/event.sh:1');
    }
    for (const run of ['make day', 'npm run day', 'yarn day', 'npm ci']) {
      expect(refusalOf(STEPS(`run: ${run}`), script, ...files)).toBeUndefined();
    }
  });

  it('refuses it where the whole event is handed to an action that cannot be read', () => {
    const refusal = refusalOf(STEPS(WITH_EVENT.replace('./act', 'other/act@v1')));
    expect(refusal?.sentence).toContain('.github/workflows/a.yml:8 hands the whole event to other/act@v1');
  });

  it.each([
    ['prints the event', STEPS('run: echo "$EVENT"\n        env:\n          EVENT: ${{ toJSON(github) }}')],
    [
      'prints the event with a script',
      STEPS(
        "uses: actions/github-script@v8\n        with:\n          script: 'console.log(JSON.stringify(context.payload, null, 2))'",
      ),
    ],
    [
      'takes fields of the event that are no schedule',
      STEPS(
        "uses: actions/github-script@v8\n        with:\n          script: 'run({ ...context.payload.repository }, Object.keys(labels))'",
      ),
    ],
    ['runs an action from elsewhere', STEPS('uses: other/act@v1')],
    ['runs a script that is not there', STEPS('run: ./built/night.sh')],
  ])('allows a workflow that only %s', (_, text) => {
    expect(refusalOf(text)).toBeUndefined();
  });

  it('allows files that read nothing of the event, and files that it does not run', () => {
    const other = "const timer = require('cron');\ntimer.schedule('0 3 * * *', run);\n";
    const reading = 'jq -r .schedule "$GITHUB_EVENT_PATH"\n';
    const text = STEPS(WITH_EVENT, 'run: node ci/night.js');
    const action = 'runs:\n  using: composite\n  steps: []\n';
    const files = [
      ['ci/night.js', other],
      ['ci/day.sh', reading],
      ['act/action.yml', action],
    ] as const;
    expect(refusalOf(text, ...files)).toBeUndefined();
  });

  it.each([
    'type Event struct {\n\tSchedule string `json:"schedule"`\n}',
    'struct Event {\n  schedule: Option<String>,\n}',
    'class Event(\n  val schedule: String,\n)',
    '$cron =\n  $event->schedule;',
    'my $cron =\n  $event->{schedule};',
    'cron =\n  event[:schedule]',
    'cron = event\n  .fetch(:schedule)',
    'set -e\njq -r "{schedule}" "$EVENT"',
    'set -e\njq -r ".a | {action, schedule}" "$EVENT"',
    'run(context.payload);\nfunction run({ schedule: cron }) {}',
    'run(\n  ({ action, schedule }) => schedule);',
    'set -e\ngrep -o \'"schedule": *"[^"]*"\' "$GITHUB_EVENT_PATH"',
    "set -e\nif grep -q '0 3 \\* \\* \\*' $GITHUB_EVENT_PATH; then full; fi",
    "set -e\nif grep -q '0 3 [*] [*] [*]' $GITHUB_EVENT_PATH; then full; fi",
    "set -e\nawk -F\\\" '/schedule/ { print $4 }' $GITHUB_EVENT_PATH",
  ])('refuses it for a program in any language that holds %j', (program) => {
    const script = `# reads GITHUB_EVENT_PATH, ${program}`;
    expect(refusalOf(STEPS('run: ci/night'), ['ci/night', script])?.sentence).toContain('ci/night:2');
  });

  it.each([
    'if [ "$GITHUB_EVENT_NAME" = schedule ]; then full; fi',
    'grep -q schedule <<< "$GITHUB_EVENT_NAME"',
    "grep -q 'release' $GITHUB_EVENT_PATH",
    "const isNight = context.eventName === 'schedule';",
    'timer->schedule(run);',
    'const handlers = { schedule: night, push: day }[process.env.GITHUB_EVENT_NAME];',
  ])('allows a program that reaches the event for something else, and has %j', (line) => {
    const script = `jq -r .action "$GITHUB_EVENT_PATH"\n${line}\n`;
    expect(refusalOf(STEPS('run: ci/night'), ['ci/night', script])).toBeUndefined();
  });

  it.each(SCHEDULE_READERS)('is refused within the workflow for `%s`', (script) => {
    const text = STEPS(`uses: actions/github-script@v8\n        with:\n          script: '${script}'`);
    expect(refusalOf(text)?.sentence).toContain('Line 10');
  });
});

describe('missingFiles', () => {
  it('names what workflows with schedules run, through actions too, within the repository', () => {
    const text = STEPS('uses: ./act', 'run: bash ../out.sh && ./ci/night.sh --all', 'uses: a/b@v1');
    const elsewhere = workflow('a.yml', STEPS('run: cd /tmp && ./x && npm ci && /bin/y && npx a/b'));
    expect(missingFiles(readReaching([elsewhere]))).toEqual([]);
    const action = 'runs:\n  using: composite\n  steps:\n    - run: ${{ github.action_path }}/x.sh\n';
    const sources = [
      workflow('a.yml', text),
      workflow('b.yml', 'on: push\njobs:\n  a:\n    uses: ./c.yml\n'),
    ];
    expect(missingFiles(readReaching(sources))).toEqual(['act/action.yml', 'act/action.yaml', 'ci/night.sh']);
    const withAction = readReaching([...sources, { path: 'act/action.yml', text: action }]);
    expect(missingFiles(withAction)).toEqual(['ci/night.sh', 'act/x.sh']);
  });

  it('names the Dockerfile of an action, and then what that runs', () => {
    const action = { path: 'act/action.yml', text: 'runs: { using: docker, image: Dockerfile }\n' };
    const sources = [workflow('a.yml', STEPS('uses: ./act')), action];
    expect(missingFiles(readReaching(sources))).toEqual(['act/Dockerfile']);
    const text =
      'FROM a AS b\nFROM c\nCOPY --from=b /x /y\nCOPY $SRC /z\nCOPY . /\nCOPY *.sh e.py /\nRUN python3 /a.py\nCMD ["/e.py", "/y", "/bin/ls", "/tmp/y"]\n';
    const withImage = readReaching([...sources, { path: 'act/Dockerfile', text }]);
    expect(missingFiles(withImage)).toEqual(['act/e.py', 'act/y']);
  });
});

describe('isWorkflowPath', () => {
  it.each([
    ['.github/workflows/a.yml', true],
    ['.github/workflows/a b.yaml', true],
    ['.github/workflows/.yml', false],
    ['.github/workflows/a.yml/b', false],
    ['.github/workflows/sub/a.yml', false],
    ['x/.github/workflows/a.yml', false],
    ['.github/workflows/../a.yml', false],
    ['dynamic/pages/pages-build-deployment', false],
    ['.github/workflows/a.YML', false],
    ['.github/workflows/a.yml\n', false],
    ['.github/workflows/deploy@prod.yml', true],
  ])('%j → %s', (path, expected) => {
    expect(isWorkflowPath(path)).toBe(expected);
  });
});

describe('pathWithoutRef', () => {
  it.each([
    ['a.yml', 'a.yml'],
    ['a.yml@main', 'a.yml'],
    ['a.yaml@refs/heads/main', 'a.yaml'],
    ['deploy@prod.yml', 'deploy@prod.yml'],
    ['deploy@prod.yml@refs/heads/main', 'deploy@prod.yml'],
    ['@.yml@main', '@.yml'],
    ['a.yml@b.yml@refs/heads/main', 'a.yml@b.yml'],
    ['a.yml@refs/heads/user@host', 'a.yml'],
    ['a.yml@refs/heads/fix.yml@2', 'a.yml'],
  ])('%s → %s', (path, expected) => {
    expect(pathWithoutRef(`.github/workflows/${path}`)).toBe(`.github/workflows/${expected}`);
  });
});

describe('an order that a comment names', () => {
  const scheduled = (cron: string, comment: string, name = '') =>
    `${name === '' ? '' : `name: ${name}\n`}on:\n  schedule:\n    - cron: '${cron}' # ${comment}\njobs: {}\n`;
  const orderOf = (comment: string, file: string, name = '') =>
    readWorkflowFiles([
      workflow('report.yml', scheduled('30 4 * * *', comment)),
      workflow(file, scheduled('0 2 * * *', 'at 2 AM', name)),
    ])[1]?.schedules[0]?.writtenOrderIn;

  it.each([
    ['2h30m after nightly-tests.yml (02:00 UTC)', 'nightly-tests.yml', ''],
    ['an hour after the nightly-tests', 'nightly-tests.yml', ''],
    ['same time as nightly is triggered', 'nightly.yml', ''],
    ['an hour after before.yml', 'before.yml', ''],
    ['2 h after the unit tests', 'a.yml', 'Unit tests'],
  ])('"%s" holds for %s as well', (comment, file, name) => {
    expect(orderOf(comment, file, name)).toBe('.github/workflows/report.yml');
  });

  it.each([
    ['2 h after nightly-tests.yml', 'nightly.yml'],
    ['2 h after the daily export', 'daily.yml'],
    ['at 4:30, see nightly', 'nightly.yml'],
    ['2 h after the contest', 'test.yml'],
    ['an hour before the release', 'before.yml'],
    ['after the 01:30 backup', 'after.yml'],
    ['once the export is done', 'once.yml'],
  ])('"%s" says nothing of %s', (comment, file) => {
    expect(orderOf(comment, file)).toBeUndefined();
  });
});
