/** Workflow files in every style that people write schedules in; contents are made up. */
export interface CorpusFile {
  readonly name: string;
  readonly text: string;
  /** All of them movable. */
  readonly crons: readonly string[];
}

const JOBS = 'jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n';

export const CORPUS: readonly CorpusFile[] = [
  {
    name: 'single quotes',
    text: `name: Nightly\non:\n  schedule:\n    - cron: '0 3 * * *'\n${JOBS}`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'double quotes',
    text: `name: Nightly\non:\n  schedule:\n    - cron: "0 3 * * *"\n${JOBS}`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'no quotes',
    text: `on:\n  schedule:\n    - cron: 0 3 * * *\n${JOBS}`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'the key on in quotes, the list not indented',
    text: `"on":\n  schedule:\n  - cron: '30 5 * * 1,3'\n${JOBS}`,
    crons: ['30 5 * * 1,3'],
  },
  {
    name: 'the key on in single quotes, after other triggers',
    text: `'on':\n  push:\n    branches: [main]\n  workflow_dispatch: {}\n  schedule:\n    - cron: '*/15 * * * *'\n${JOBS}`,
    crons: ['*/15 * * * *'],
  },
  {
    name: 'brackets',
    text: `on:\n  schedule: [{cron: '0 3 * * *'}, { cron: "0 15 * * *" }]\n${JOBS}`,
    crons: ['0 3 * * *', '0 15 * * *'],
  },
  {
    name: 'brackets all the way, no quotes',
    text: `on: {push: {branches: [main]}, schedule: [{cron: 0 3 * * *}]}\n${JOBS}`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'JSON',
    text: `{"on": {"schedule": [{"cron": "0 3 * * *"}]}, "jobs": {"a": {"runs-on": "x"}}}`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'brackets over several lines with a trailing comma',
    text: `on:\n  schedule: [\n    { cron: '0 3 * * *' }, # first\n    # between\n    { cron: '10 4 * * 2' },\n  ]\n${JOBS}`,
    crons: ['0 3 * * *', '10 4 * * 2'],
  },
  {
    name: 'comments above, beside, between and below, one of them a former schedule',
    text: `# Nightly checks.\non: # triggers\n  schedule: # times are UTC\n    # the small one\n    - cron: '0 3 * * *' # at three\n\n    # - cron: '0 4 * * *' # too often\n    - cron: '0 5 * * 0'   # the large one\n    # that is all\n${JOBS}`,
    crons: ['0 3 * * *', '0 5 * * 0'],
  },
  {
    name: 'a tab before and in a comment',
    text: `on:\n  schedule:\n    - cron: '0 3 * * *'\t#\tat three\tUTC\n${JOBS}`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'timezone above and below the cron',
    text: `on:\n  schedule:\n    - timezone: Europe/Berlin\n      cron: '0 3 * * *'\n    - cron: '0 4 * * *'\n      timezone: "America/New_York"\n${JOBS}`,
    crons: ['0 3 * * *', '0 4 * * *'],
  },
  {
    name: 'the dash on a line of its own',
    text: `on:\n  schedule:\n    -\n      cron: '0 3 * * *'\n    -\n      # why\n      cron: '0 4 * * *'\n${JOBS}`,
    crons: ['0 3 * * *', '0 4 * * *'],
  },
  {
    name: 'the value on the next line',
    text: `on:\n  schedule:\n    - cron:\n        '0 3 * * *'\n${JOBS}`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'wide blanks around the key and the value',
    text: `on :\n  schedule :\n    -   cron :    '0 3 * * *'   \n${JOBS}`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'CRLF',
    text: `name: Nightly\r\non:\r\n  schedule:\r\n    - cron: '0 3 * * *' # at three\r\n    - cron: 0 4 * * *\r\n${JOBS.replaceAll('\n', '\r\n')}`,
    crons: ['0 3 * * *', '0 4 * * *'],
  },
  {
    name: 'a byte order mark',
    text: `\uFEFFname: Nightly\non:\n  schedule:\n    - cron: '0 3 * * *'\n${JOBS}`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'no final newline, the schedule last',
    text: `${JOBS}on:\n  schedule:\n    - cron: '0 3 * * *'`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'no final newline, no quotes',
    text: `${JOBS}on:\n  schedule:\n    - cron: 0 3 * * *`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'document markers',
    text: `---\non:\n  schedule:\n    - cron: '0 3 * * *'\n${JOBS}...\n`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'the same cron in two timezones',
    text: `on:\n  schedule:\n    - cron: '0 3 * * *'\n    - cron: '0 3 * * *'\n      timezone: Asia/Tokyo\n${JOBS}`,
    crons: ['0 3 * * *', '0 3 * * *'],
  },
  {
    name: 'names in any case',
    text: `on:\n  schedule:\n    - cron: '0 3 * jan-Mar MON,wed'\n`.replace('jan-Mar', '*') + JOBS,
    crons: ['0 3 * * MON,wed'],
  },
  {
    name: 'signs of other alphabets before the schedule',
    text: `name: Nächtliche Prüfung 🌙 夜間\non:\n  schedule:\n    - cron: '0 3 * * *' # 毎日\n${JOBS}`,
    crons: ['0 3 * * *'],
  },
  {
    name: 'what looks like a schedule within a script',
    text: `on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          # offbeat: pin\n          cat <<X\n          on:\n            schedule:\n              - cron: '0 9 * * *'\n          X\n`,
    crons: ['0 3 * * *'],
  },
];
