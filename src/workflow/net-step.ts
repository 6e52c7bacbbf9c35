/**
 * The step of `offbeat-net.yml`, for the Node of GitHub's runners. It is written into repositories, where people read
 * it, so it imports nothing. It starts a workflow only after two looks, a minute apart, and after older runs of the net
 * have ended: lists of runs lag by seconds, and two nets at once would both find a tick unserved.
 */
export const NET_STEP = `const { APP, GH_TOKEN, GITHUB_API_URL, GITHUB_REF_NAME, GITHUB_REPOSITORY, GITHUB_RUN_ID, SERVED } = process.env;
const MINUTE = 60 * 1000;
// Times older than a day are not made up for. Offbeat itself has ten minutes to start a workflow.
const DAY = 24 * 60 * MINUTE;
const GRACE = 10 * MINUTE;
const AGAIN = ' Run this job again, or start the workflow by hand if it has not run.';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function github(path, body) {
  try {
    const response = await fetch(GITHUB_API_URL + '/repos/' + GITHUB_REPOSITORY + '/actions/workflows/' + path, {
      method: body ? 'POST' : 'GET',
      body: body && JSON.stringify(body),
      headers: {
        authorization: 'Bearer ' + GH_TOKEN,
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
      },
    });
    const text = await response.text();
    // Limits say how long to wait. The job cannot wait for long.
    const wait = Math.min((Number(response.headers.get('retry-after')) || 0) * 1000, 2 * MINUTE);
    return { status: response.status, wait, body: text.startsWith('{') ? JSON.parse(text) : {} };
  } catch (error) {
    return { status: 0, wait: 0, body: { message: error.cause?.message ?? error.message } };
  }
}

const said = ({ status, body }) => (status || 'nothing:') + ' ' + (body.message ?? '(not in the form expected)');
const isWorkflow = ({ state }) => typeof state === 'string';
const isList = ({ workflow_runs: runs }) => Array.isArray(runs) && runs.every((run) => run?.id);

// A single answer may be wrong, a 404 too: reads are tried five times.
async function read(path, isRight) {
  for (let turn = 1; ; turn += 1) {
    const answer = await github(path);
    if (answer.status === 200 && isRight(answer.body)) return answer.body;
    if (turn === 5) {
      const reason = 'could not be looked up: GitHub said ' + said(answer) + ' to GET ' + path.split('?')[0] + '.';
      throw Object.assign(new Error(reason + AGAIN), { status: answer.status });
    }
    await sleep(Math.max(turn * 10 * 1000, answer.wait));
  }
}

// The local time in a timezone as ms, from the Swedish format of dates, which is almost ISO 8601.
function clocksOf(timeZone) {
  const format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (time) => Date.parse(format.format(time) + 'Z');
}

const names = (list, value) => list === '*' || list.split(',').includes(String(value));

function isNamed({ minute, hour, day, month, weekday }, time) {
  const at = new Date(time);
  return names(minute, at.getUTCMinutes()) && names(hour, at.getUTCHours()) && names(day, at.getUTCDate()) &&
    names(month, at.getUTCMonth() + 1) && names(weekday, at.getUTCDay());
}

// The last time of the past day that a schedule names; 0 where there is none.
function lastTime(schedule, now) {
  const clocks = clocksOf(schedule.zone);
  const end = now - (now % MINUTE);
  let last = 0;
  // A day more than needed, to know what the clocks have shown before they were set back.
  let shown = clocks(end - 2 * DAY);
  for (let time = end - 2 * DAY + MINUTE; time <= end; time += MINUTE) {
    const here = clocks(time);
    // Times that the clocks repeat count once, save for a schedule of every hour. Skipped ones count at the next one.
    if (schedule.hour === '*') shown = Math.min(shown, here - MINUTE);
    while (shown < here) {
      shown += MINUTE;
      if (isNamed(schedule, shown)) last = time;
    }
  }
  return last > now - DAY ? last : 0;
}

// Why a workflow need not be started; '' where nothing has started it since its last time. A person's dispatch counts
// only with "manual".
async function whyNot({ file, due, manual }) {
  if (due === 0) return 'was not due for a day';
  const { state } = await read(file, isWorkflow).catch((error) => {
    if (error.status === 404) return { state: 'deleted' };
    throw error;
  });
  if (state === 'deleted') {
    throw new Error('was not found. If it was removed or renamed, merge the pull request of Offbeat that brings ' +
      'offbeat-net.yml up to date, or remove its lines there by hand. If not, run this job again.');
  }
  if (state !== 'active') return 'is ' + state;
  // A minute earlier, as clocks differ.
  const since = encodeURIComponent('>=' + new Date(due - MINUTE).toISOString());
  for (const event of ['workflow_dispatch', 'schedule']) {
    for (let page = 1; ; page += 1) {
      const query = '?event=' + event + '&per_page=100&page=' + page + '&created=' + since;
      const runs = (await read(file + '/runs' + query, isList)).workflow_runs;
      const run = runs.find(({ actor }) =>
        event === 'schedule' || manual || [APP, 'github-actions[bot]'].includes(actor?.login));
      if (run) return 'was started at ' + run.created_at + ' by ' + event;
      if (runs.length < 100) break;
      if (page === 10) {
        throw new Error('has a thousand newer runs, and GitHub lists no older. Start it by hand if it has not run.');
      }
    }
  }
  return '';
}

async function isOlderNetAtWork() {
  const list = await read('offbeat-net.yml/runs?status=in_progress&per_page=100', isList);
  return list.workflow_runs.some(({ id }) => id < Number(GITHUB_RUN_ID));
}

async function start(workflow, lastTurn) {
  let status;
  for (let turn = 1; ; turn += 1) {
    const reason = await whyNot(workflow);
    if (reason !== '') return console.log(workflow.file + ' ' + reason);
    const request = { ref: GITHUB_REF_NAME, inputs: workflow.inputs };
    const answer = await github(workflow.file + '/dispatches', request);
    status = answer.status;
    if (status < 400 || status >= 500) break;
    // Nothing was started. Limits and a wrong 404 pass.
    if (turn === 3 || Date.now() > lastTurn || ![403, 404, 429].includes(status)) {
      throw new Error('was refused: ' + said(answer) + '. Mend that, then run this job again.');
    }
    await sleep(Math.max(MINUTE, answer.wait));
  }
  // Wait until the run is listed, so that the next net sees it. After an unclear answer the run may exist too.
  for (let turn = 0; turn < 24; turn += 1) {
    await sleep(5 * 1000);
    if ((await whyNot(workflow)) !== '') return console.log('::notice::' + workflow.file + ' was started by the net');
  }
  throw new Error('was asked for (answer ' + status + '), but no run of it appeared.' + AGAIN);
}

async function main() {
  const first = Date.now();
  // An error of one workflow does not stop the others.
  let waiting = SERVED.trim().split('\\n').map((line) => JSON.parse(line)).flatMap((workflow) => {
    try {
      return [{ ...workflow, due: Math.max(...workflow.schedules.map((schedule) => lastTime(schedule, first))) }];
    } catch (error) {
      fail(workflow, { message: 'was not looked after: ' + error.message });
      return [];
    }
  });
  const ready = Math.max(first + MINUTE, ...waiting.map(({ due }) => due + GRACE));
  while (waiting.length > 0) {
    let isLast;
    try {
      isLast = Date.now() >= ready && !(await isOlderNetAtWork());
    } catch (error) {
      // Two nets at once would start a workflow twice.
      return waiting.forEach((workflow) => fail(workflow, error));
    }
    const reasons = await Promise.all(waiting.map((workflow) => whyNot(workflow).catch((error) => {
      fail(workflow, error);
      return null;
    })));
    waiting.forEach(({ file }, at) => reasons[at] && console.log(file + ' ' + reasons[at]));
    waiting = waiting.filter((_, at) => reasons[at] === '');
    if (isLast) break;
    if (waiting.length > 0) await sleep(MINUTE);
  }
  // The job ends after 30 minutes: each workflow has its turn, and a word where it is refused.
  const lastTurn = first + 20 * MINUTE;
  for (const workflow of waiting) await start(workflow, lastTurn).catch((error) => fail(workflow, error));
}

function fail({ file }, { message }) {
  console.log('::error::' + (file + ' ' + message).replace(/\\s+/g, ' '));
  process.exitCode = 1;
}

main().catch((error) => fail({ file: 'offbeat-net.yml' }, error));
`;
