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

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const failed = (error) => ({ status: 0, body: { message: error.message } });

async function github(path, body) {
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
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
}

// Reads are tried up to five times, a start only once.
async function read(path) {
  for (let turn = 1; ; turn += 1) {
    const answer = await github(path).catch(failed);
    if (answer.status === 200 || answer.status === 404) return answer;
    if (turn === 5) throw new Error('got no answer from GitHub: ' + answer.status + ' ' + answer.body.message);
    await sleep(turn * 10 * 1000);
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
  const workflow = await read(file);
  if (workflow.status === 404) return 'is gone';
  if (workflow.body.state !== 'active') return 'is ' + workflow.body.state;
  // A minute earlier, as clocks differ.
  const since = '&per_page=100&created=' + encodeURIComponent('>=' + new Date(due - MINUTE).toISOString());
  for (const event of ['schedule', 'workflow_dispatch']) {
    const { status, body } = await read(file + '/runs?event=' + event + since);
    if (status === 404) throw new Error('has runs that could not be read: ' + body.message);
    const run = body.workflow_runs.find(({ actor }) =>
      event === 'schedule' || manual || [APP, 'github-actions[bot]'].includes(actor?.login));
    if (run) return 'was started at ' + run.created_at + ' by ' + event;
  }
  return '';
}

async function isOlderNetAtWork() {
  const { body } = await read('offbeat-net.yml/runs?status=in_progress&per_page=100');
  return body.workflow_runs.some(({ id }) => id < Number(GITHUB_RUN_ID));
}

async function start(workflow) {
  const request = { ref: GITHUB_REF_NAME, inputs: workflow.inputs };
  const { status, body } = await github(workflow.file + '/dispatches', request).catch(failed);
  if (status >= 400 && status < 500) throw new Error('was refused: ' + status + ' ' + body.message);
  // Wait until the run is listed, so that the next net sees it. After an unclear answer the run may exist too.
  for (let turn = 0; turn < 24; turn += 1) {
    await sleep(5 * 1000);
    if ((await whyNot(workflow)) !== '') return;
  }
  throw new Error('was asked for (answer ' + status + '), but no run of it appeared');
}

async function main() {
  const first = Date.now();
  let waiting = SERVED.trim().split('\\n').map((line) => JSON.parse(line)).map((workflow) => ({
    ...workflow,
    due: Math.max(...workflow.schedules.map((schedule) => lastTime(schedule, first))),
  }));
  const ready = Math.max(first + MINUTE, ...waiting.map(({ due }) => due + GRACE));
  for (let isLast = false; ; isLast = Date.now() >= ready && !(await isOlderNetAtWork())) {
    const reasons = await Promise.all(waiting.map((workflow) => whyNot(workflow).catch((error) => {
      // An error of one workflow does not stop the others.
      fail(workflow.file + ' ' + error.message);
      return null;
    })));
    waiting.forEach(({ file }, at) => reasons[at] && console.log(file + ' ' + reasons[at]));
    waiting = waiting.filter((_, at) => reasons[at] === '');
    if (waiting.length === 0 || isLast) break;
    await sleep(MINUTE);
  }
  for (const workflow of waiting) {
    try {
      if ((await whyNot(workflow)) !== '') continue;
      await start(workflow);
      console.log('::notice::' + workflow.file + ' was started by the net');
    } catch (error) {
      fail(workflow.file + ' ' + error.message);
    }
  }
}

function fail(reason) {
  console.log('::error::' + reason.replace(/\\s+/g, ' '));
  process.exitCode = 1;
}

main().catch((error) => fail(error.message));
`;
