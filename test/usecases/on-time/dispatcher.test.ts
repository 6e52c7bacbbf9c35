import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { createKeyedMutex } from '../../../src/keyed-mutex.ts';
import { emptyOnTime, type OnTimeFile, whyNotServed } from '../../../src/on-time/state.ts';
import { refusalSentences } from '../../../src/proposal/refusal-records.ts';
import { acceptPermissions, resumeInstallation } from '../../../src/usecases/maintenance/installation.ts';
import { onTimeCommand } from '../../../src/usecases/on-time/command.ts';
import { serveOnce } from '../../../src/usecases/on-time/serve-once.ts';
import { visitRepository } from '../../../src/usecases/on-time/visit-repository.ts';
import { NET_PATH } from '../../../src/workflow/paths.ts';
import { APP_LOGIN, SEEN } from '../fakes.ts';
import { PATH, START, servedFiles, workflow, world } from './world.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const TICK = START + 3 * HOUR;

describe('a punctual workflow', () => {
  it('is asked for at its tick, once, with its inputs, and the run is followed to its end', async () => {
    const config =
      'mode: suggest\non-time: punctual\nnet: cron\nworkflows: { nightly.yml: { on-time-inputs: { full: true } } }\n';
    const text = workflow('0 3 * * *', '    inputs:\n      full:\n        type: boolean\n');
    const at = await world({ config, repository: { files: [{ path: PATH, text }] } });
    at.start();
    await at.until(TICK + MINUTE);
    expect(at.actions.times).toEqual(['03:00:00']);
    expect(at.actions.asked[0]).toMatchObject({
      path: PATH,
      ref: 'main',
      inputs: { full: true },
      withDetails: true,
    });
    const [run] = at.actions.runs;
    expect((await at.ticks())[0]).toMatchObject({
      tick: TICK,
      blobSha: 'blob-1',
      progress: { state: 'seen', runId: run?.id },
    });
    await at.note(at.actions.end(run?.id ?? 0, 'success'));
    expect((await at.ticks())[0]?.progress.state).toBe('done');
    await at.until(TICK + 24 * HOUR + MINUTE);
    expect(at.actions.times).toEqual(['03:00:00', '03:00:00']);
  });

  it('keeps an intent before it asks', async () => {
    const at = await world();
    let state = '';
    at.actions.onAsked = async () => {
      state = (await at.ticks())[0]?.progress.state ?? '';
    };
    at.start();
    await at.until(TICK + MINUTE);
    expect(state).toBe('intent');
  });

  it('is asked for although the runs before it cannot be listed', async () => {
    const at = await world();
    at.start();
    await at.until(TICK + MINUTE);
    at.actions.listFailure = new Error('GitHub lists nothing.');
    await at.until(TICK + 24 * HOUR + MINUTE);
    expect(at.actions.times).toEqual(['03:00:00', '03:00:00']);
    at.actions.listFailure = null;
    at.actions.end(at.actions.runs[0]?.id ?? 0, 'success');
    await at.until(TICK + 25 * HOUR);
    expect((await at.ticks())[0]?.progress.state).toBe('done');
  });

  it('is lost where its file was edited before anybody could ask once more, and the next tick is served', async () => {
    const at = await world({ cron: '*/30 * * * *' });
    at.actions.fates.push({ answer: 'error', starts: false });
    at.start();
    await at.until(START + 31 * MINUTE);
    at.actions.blob = 'blob-2';
    await at.read();
    at.actions.start({ event: 'push', path: '.github/workflows/ci.yml', createdAt: START + 32 * MINUTE });
    await at.until(START + 61 * MINUTE);
    expect(at.actions.times).toEqual(['00:30:00', '01:00:00']);
    expect((await at.ticks()).map(({ progress }) => progress.state)).toEqual(['lost', 'seen']);
  });

  it('is looked for in a short list, while runs of days ago still go on', async () => {
    const at = await world();
    at.start();
    await at.until(TICK + 72 * HOUR - MINUTE);
    const list = at.actions.startedRuns.bind(at.actions);
    at.actions.startedRuns = async (since) => {
      if (since < TICK + 25 * HOUR) throw new OffbeatError('github-refused', 'That list is too long.');
      return list(since);
    };
    at.actions.fates.push({ answer: 'error', starts: true });
    await at.until(TICK + 72 * HOUR + 10 * MINUTE);
    const states = (await at.ticks()).map(({ progress }) => progress.state);
    expect(states).toEqual(['seen', 'seen', 'seen', 'seen']);
  });

  it('learns of the end of a run without any webhook', async () => {
    const at = await world();
    at.start();
    await at.until(TICK + MINUTE);
    at.actions.end(at.actions.runs[0]?.id ?? 0, 'success');
    await at.until(TICK + 30 * MINUTE);
    expect((await at.ticks())[0]?.progress.state).toBe('done');
  });

  it.each([
    ['500', { answer: 'error', starts: true }],
    ['no answer', { answer: 'timeout', starts: true }],
    ['an answer without the run', { answer: 'accepted', starts: true }],
  ] as const)('finds the run that was started in spite of %s', async (_name, fate) => {
    const at = await world();
    at.actions.fates.push(fate);
    at.actions.lagMs = 90_000;
    at.start();
    await at.until(TICK + 10 * MINUTE);
    expect(at.actions.asked).toHaveLength(1);
    expect((await at.ticks())[0]?.progress).toMatchObject({ state: 'seen', runId: at.actions.runs[0]?.id });
  });

  it('is not asked for again where its run is created minutes after an unclear answer', async () => {
    const at = await world();
    at.actions.fates.push({ answer: 'error', starts: false });
    at.start();
    await at.until(TICK + 3 * MINUTE + 50_000);
    const run = at.actions.start({ event: 'workflow_dispatch', actor: APP_LOGIN });
    await at.until(TICK + 20 * MINUTE);
    expect(at.actions.asked).toHaveLength(1);
    expect((await at.ticks())[0]?.progress).toMatchObject({ state: 'seen', runId: run.id });
  });

  it('is lost where the run is that of a newer tick, asked for while runs were listed', async () => {
    const at = await world();
    at.actions.fates.push({ answer: 'error', starts: false });
    at.start();
    await at.until(TICK + 10_000);
    at.actions.listFailure = new Error('GitHub lists nothing.');
    await at.until(TICK + 10 * MINUTE);
    at.actions.listFailure = null;
    at.actions.onList = () => {
      at.actions.onList = () => undefined;
      const now = at.clock.at;
      const due = { path: PATH, tick: TICK + 6 * MINUTE, cron: '6 3 * * *', timezone: 'UTC' };
      const progress = { state: 'intent', firstAt: now, at: now, call: 1 } as const;
      const newer = { ...due, mode: 'punctual', blobSha: 'blob-1', twin: null, progress } as const;
      at.store.apply(1, { ticks: [newer] }).catch(() => undefined);
      at.actions.start({ event: 'workflow_dispatch', actor: APP_LOGIN });
    };
    await at.until(TICK + 20 * MINUTE);
    expect((await at.ticks()).map(({ progress }) => progress.state)).toEqual(['lost', 'seen']);
  });

  it('asks once more only when a list shows something newer', async () => {
    const quiet = await world();
    quiet.actions.fates.push({ answer: 'error', starts: false });
    quiet.start();
    await quiet.until(TICK + 10 * MINUTE);
    expect(quiet.actions.asked).toHaveLength(1);
    expect((await quiet.ticks())[0]?.progress.state).toBe('lost');

    const busy = await world();
    busy.actions.fates.push({ answer: 'error', starts: false }, { answer: 'error', starts: false });
    busy.start();
    await busy.until(TICK + 90_000);
    busy.actions.start({ event: 'push' });
    await busy.until(TICK + 20 * MINUTE);
    busy.actions.start({ event: 'push' });
    await busy.until(TICK + 40 * MINUTE);
    expect(busy.actions.asked).toHaveLength(2);
    expect((await busy.ticks())[0]?.progress.state).toBe('lost');
  });

  it('asks no second time once it is too late, as runs could not be listed', async () => {
    const at = await world({ cron: '0 * * * *' });
    at.actions.fates.push({ answer: 'error', starts: false });
    at.actions.listFailure = new Error('GitHub lists nothing.');
    at.start();
    await at.until(START + HOUR + 40 * MINUTE);
    at.actions.start({ event: 'push', path: '.github/workflows/ci.yml' });
    at.actions.listFailure = null;
    await at.until(START + 2 * HOUR - MINUTE);
    expect(at.actions.times).toEqual(['01:00:00']);
    expect((await at.ticks())[0]?.progress.state).toBe('lost');
  });

  it('does not wait for the answer of an earlier tick for longer than five minutes', async () => {
    const at = await world({ cron: '*/15 * * * *' });
    at.actions.fates.push({ answer: 'error', starts: false });
    at.actions.listFailure = new Error('GitHub lists nothing.');
    at.start();
    await at.until(START + 31 * MINUTE);
    expect(at.actions.times).toEqual(['00:15:00', '00:30:00']);
  });

  it.each([
    [
      'its timezone',
      (file: OnTimeFile) => ({ ...file, crons: [{ cron: '0 3 * * *', timezone: 'Europe/Berlin' }] }),
    ],
    ['its mode', (file: OnTimeFile) => ({ ...file, mode: 'rescue' as const })],
  ])('is skipped where %s was edited while it was queued', async (_, edit) => {
    const at = await world({
      repository: {
        writeTurn: async () => {
          const { onTime } = await at.state();
          if (onTime === null) throw new Error('The file is on time.');
          await at.store.apply(1, {
            onTime: { ...onTime, files: onTime.files.map(edit) },
            onTimeBefore: onTime,
          });
        },
      },
    });
    at.start();
    await at.until(TICK + MINUTE);
    expect(at.actions.asked).toEqual([]);
    expect((await at.ticks())[0]?.progress).toMatchObject({
      state: 'skipped',
      sentence: 'The schedule was edited before its tick was served.',
    });
  });

  it('asks no second time while the net is at work', async () => {
    const at = await world({
      config: 'mode: suggest\non-time: punctual\nnet: own\n',
      repository: { files: servedFiles('own') },
    });
    at.actions.fates.push({ answer: 'error', starts: false });
    at.clock.at = TICK + HOUR;
    at.start();
    await at.until(TICK + HOUR + MINUTE);
    const net = at.actions.start({ path: NET_PATH, state: 'running' });
    at.actions.start({ path: '.github/workflows/else.yml', event: 'push', createdAt: at.clock.at + 1_000 });
    await at.until(TICK + HOUR + 3 * MINUTE);
    expect(at.actions.asked).toHaveLength(1);
    at.actions.end(net.id, 'success');
    await at.until(TICK + HOUR + 4 * MINUTE);
    expect(at.actions.asked).toHaveLength(2);
  });

  it('asks no second time where the net has started a run meanwhile, which serves the tick', async () => {
    const at = await world({
      config: 'mode: suggest\non-time: punctual\nnet: own\n',
      repository: { files: servedFiles('own') },
    });
    at.actions.fates.push({ answer: 'error', starts: false });
    at.clock.at = TICK + HOUR;
    at.start();
    await at.until(TICK + HOUR + MINUTE);
    expect(at.actions.asked).toHaveLength(1);
    const net = at.actions.start({ event: 'workflow_dispatch', actor: 'github-actions[bot]' });
    await at.until(TICK + HOUR + 90_000);
    at.actions.start({ path: '.github/workflows/else.yml', event: 'push' });
    await at.until(TICK + 2 * HOUR);
    expect(at.actions.asked).toHaveLength(1);
    expect((await at.ticks())[0]).toMatchObject({ twin: { runId: net.id, fate: 'adopted' } });
  });

  it('tells of a lost tick in an issue, which the next success closes', async () => {
    const at = await world({
      config: 'mode: suggest\non-time: punctual\nnet: cron\nfailures-mention: [mona, eve]\n',
      repository: { permissions: { mona: 'read' } },
    });
    at.actions.fates.push({ answer: 'error', starts: false });
    at.start();
    await at.until(TICK + 10 * MINUTE);
    expect(at.written.issues).toHaveLength(1);
    expect(at.written.issues[0]).toMatchObject({ title: 'Scheduled runs of nightly.yml fail' });
    expect(at.written.issues[0]?.body).toContain('@mona');
    expect(at.written.issues[0]?.body).not.toContain('@eve');
    await at.until(TICK + 25 * HOUR);
    expect(at.written.issues).toHaveLength(1);
    await at.note(at.actions.end(at.actions.runs[0]?.id ?? 0, 'success'));
    expect(at.written.closed).toHaveLength(1);
  });

  it.each([
    ['on time is switched off', 'It was switched off'],
    ['the file is renamed', 'The file was renamed or removed'],
    ['failures are not reported any more', '`failures: off` is set'],
  ])('closes the issue and says why where %s', async (what, why) => {
    const at = await world();
    at.actions.fates.push({ answer: 'error', starts: false });
    at.start();
    await at.until(TICK + 10 * MINUTE);
    expect(at.written.issues).toHaveLength(1);
    if (what === 'the file is renamed') {
      at.repository.files = [{ path: '.github/workflows/new.yml', text: workflow('0 3 * * *') }];
    } else {
      at.repository.config =
        what === 'on time is switched off'
          ? 'mode: suggest\n'
          : 'mode: suggest\non-time: punctual\nnet: cron\nfailures: off\n';
    }
    await at.read();
    await at.until(TICK + 25 * HOUR);
    for (const { id } of at.actions.runs) await at.note(at.actions.end(id, 'failure'));
    expect(at.written.closed).toEqual([
      { title: 'Scheduled runs of nightly.yml fail', body: expect.stringContaining(why) },
    ]);
  });

  it.each([
    ['no write is left', { writesLeft: 0 }],
    ['Offbeat is paused', { config: 'mode: pause\n' }],
  ])('closes the issue of a file that leaves later, where %s now', async (_, later) => {
    const at = await world();
    at.actions.fates.push({ answer: 'error', starts: false });
    at.start();
    await at.until(TICK + 10 * MINUTE);
    Object.assign(at.repository, { config: 'mode: suggest\n', ...later });
    await at.read();
    expect(at.written.closed).toEqual([]);
    expect((await at.state()).onTime?.leftIssues).toEqual([{ path: PATH, tellingSince: null }]);
    Object.assign(at.repository, { config: 'mode: suggest\n', writesLeft: 1 });
    for (let reads = 0; reads < 2; reads += 1) await at.read();
    expect(at.written.closed).toMatchObject([{ title: 'Scheduled runs of nightly.yml fail' }]);
    expect((await at.state()).onTime?.leftIssues).toEqual([]);
  });

  it('leaves the issue of a file that has left to the process that is writing it, for two minutes', async () => {
    const at = await world({ config: 'mode: suggest\n' });
    const leftIssues = [{ path: PATH, tellingSince: START }];
    await at.store.apply(1, { onTime: { ...emptyOnTime(), leftIssues } });
    at.clock.at = START + 2 * MINUTE;
    await at.read();
    expect(at.written.closed).toEqual([]);
    at.clock.at += 1;
    await at.read();
    expect(at.written.closed).toHaveLength(1);
  });

  it('goes on with the issue of a file that comes back before it could be closed', async () => {
    const at = await world();
    at.actions.fates.push({ answer: 'error', starts: false });
    at.start();
    await at.until(TICK + 10 * MINUTE);
    const { config } = at.repository;
    Object.assign(at.repository, { config: 'mode: suggest\n', writesLeft: 0 });
    await at.read();
    Object.assign(at.repository, { config, writesLeft: 1 });
    await at.read();
    await at.until(TICK + 24 * HOUR + MINUTE);
    await at.note(at.actions.end(at.actions.runs[0]?.id ?? 0, 'success'));
    expect(at.written.closed).toMatchObject([{ body: expect.stringContaining('has succeeded again') }]);
  });

  it('names what GitHub refuses to say of whom to mention, and tells of the tick all the same', async () => {
    const refusal = new OffbeatError('github-refused', 'Must have push access.');
    const at = await world({
      config: 'mode: suggest\non-time: punctual\nnet: cron\nfailures-mention: [mona]\n',
      repository: {
        permissions: {
          get mona(): never {
            throw refusal;
          },
        },
      },
    });
    at.actions.fates.push({ answer: 'error', starts: false });
    at.start();
    await at.until(TICK + 10 * MINUTE);
    expect(at.written.issues[0]?.body).not.toContain('@mona');
    expect((await at.state()).profile.refusals).toMatchObject({
      'people to mention': { sentence: 'Must have push access.' },
    });
  });

  it('asks again without the parameter that an older server does not know', async () => {
    const at = await world();
    const message = '"return_run_details" is not a permitted key.';
    at.actions.fates.push(
      { answer: { status: 400, message }, starts: false },
      { answer: 'accepted', starts: true },
    );
    at.start();
    await at.until(TICK + MINUTE);
    expect(at.actions.asked.map(({ withDetails }) => withDetails)).toEqual([true, false]);
    expect((await at.ticks())[0]?.progress.state).toBe('seen');
  });

  it('waits while the installation has to, and is asked for as soon as it may', async () => {
    const at = await world();
    at.actions.fates.push({ answer: 'busy', starts: false });
    at.start();
    await at.until(TICK + 5 * MINUTE);
    expect(at.actions.times).toEqual(['03:00:00', '03:00:20']);
    expect(at.actions.runs).toHaveLength(1);
  });

  it('works a tick out anew where the file differs at the call', async () => {
    const at = await world();
    at.actions.blob = 'blob-2';
    at.start();
    await at.until(TICK + MINUTE);
    expect((await at.state()).onTime?.files[0]?.blobSha).toBe('blob-2');
    expect(at.actions.asked).toHaveLength(1);

    const edited = await world();
    edited.actions.blob = 'blob-2';
    edited.repository.files = [
      { path: PATH, text: `on:\n  schedule:\n    - cron: '0 5 * * *'\n  workflow_dispatch:\njobs: {}\n` },
    ];
    edited.start();
    await edited.until(START + 6 * HOUR);
    expect(edited.actions.times).toEqual(['05:00:00']);
    expect((await edited.ticks())[0]?.progress).toMatchObject({ state: 'skipped', why: 'held' });
  });
});

describe('refusals', () => {
  const refuse = (status: number, message: string) =>
    ({ answer: { status, message }, starts: false }) as const;

  it('asks again in 10 minutes, 1 hour and 6 hours while GitHub does not know of the trigger', async () => {
    const at = await world({ config: 'mode: suggest\non-time: punctual\nnet: cron\ncatch-up-within: 12h\n' });
    const noTrigger = refuse(422, "Workflow does not have 'workflow_dispatch' trigger");
    at.actions.fates.push(noTrigger, noTrigger, noTrigger);
    at.start();
    await at.until(TICK + 10 * HOUR);
    expect(at.actions.times).toEqual(['03:00:00', '03:10:00', '04:10:00', '10:10:00']);
    expect(at.actions.runs).toHaveLength(1);
    expect((await at.state()).onTime?.files[0]?.hold).toBeNull();
  });

  it('says what to do where that does not help', async () => {
    const at = await world({ config: 'mode: suggest\non-time: punctual\nnet: cron\ncatch-up-within: 12h\n' });
    const noTrigger = refuse(422, "Workflow does not have 'workflow_dispatch' trigger");
    at.actions.fates.push(noTrigger, noTrigger, noTrigger, noTrigger);
    at.start();
    await at.until(TICK + 10 * HOUR);
    expect(at.written.issues.at(-1)?.body).toContain('so that GitHub reads it again');
  });

  it.each([
    ['archived', 403, 'Repository was archived so is read-only.'],
    ['without permission', 403, 'Resource not accessible by integration'],
    ['without an input', 422, "Required input 'a' not provided"],
  ])('asks no more for a day where it is %s', async (_name, status, message) => {
    const at = await world({ cron: '0 * * * *' });
    at.actions.fates.push(refuse(status, message));
    at.start();
    await at.until(START + 24 * HOUR);
    expect(at.actions.asked).toHaveLength(1);
    expect((await at.ticks())[0]?.progress).toMatchObject({
      state: 'skipped',
      why: 'refused',
      sentence: expect.stringContaining(message),
    });
  });

  it.each([
    ['without permission', 403, 'Resource not accessible by integration'],
    ['without the trigger', 422, "Workflow does not have 'workflow_dispatch' trigger"],
  ])(
    'holds only the file that was asked for, where it is edited meanwhile and refused %s',
    async (_name, ...refusal) => {
      const at = await world({ cron: '0 * * * *' });
      at.actions.fates.push(refuse(...refusal));
      at.actions.onAsked = async () => {
        at.actions.onAsked = async () => undefined;
        at.actions.blob = 'blob-2';
        await at.read();
      };
      at.start();
      await at.until(START + HOUR + MINUTE);
      expect(at.actions.times).toEqual(['01:00:00', '01:00:00']);
      expect((await at.state()).onTime?.files[0]?.hold).toBeNull();
      expect(await at.ticks()).toMatchObject([{ blobSha: 'blob-2', progress: { state: 'seen' } }]);
    },
  );

  it.each(['after', 'during'])(
    'ends where other inputs would be sent, stated %s the request',
    async (when) => {
      const text = workflow('0 * * * *', '    inputs:\n      full:\n');
      const at = await world({ repository: { files: [{ path: PATH, text }] } });
      const state = async () => {
        at.repository.config += 'workflows: { nightly.yml: { on-time-inputs: { full: yes } } }\n';
        await at.read();
      };
      at.actions.fates.push(
        refuse(422, "Provided value '' for input 'full' not in the list of allowed values"),
      );
      if (when === 'during')
        at.actions.onAsked = async () => (at.actions.asked.length === 1 ? state() : undefined);
      at.start();
      await at.until(START + HOUR + 10 * MINUTE);
      if (when === 'after') await state();
      await at.until(START + 2 * HOUR + MINUTE);
      const again = when === 'after' ? '02:00:00' : '01:00:00';
      expect(at.actions.times.slice(0, 2)).toEqual(['01:00:00', again]);
      expect(at.actions.asked[1]?.inputs).toEqual({ full: 'yes' });
    },
  );

  it.each([
    ['a permission is missing', 422, 'The permissions requested are not granted to this installation.'],
    ['a rule of the owner forbids it', 422, 'The event is not allowed by the policy of this organization.'],
  ])('asks again after somebody has accepted new permissions where %s', async (_name, status, message) => {
    const at = await world({ cron: '0 * * * *' });
    at.actions.fates.push(refuse(status, message));
    at.start();
    await at.until(START + 150 * MINUTE);
    expect(at.actions.times).toEqual(['01:00:00']);
    await acceptPermissions(at.context, SEEN.installationId);
    await at.until(START + 200 * MINUTE);
    expect(at.actions.times.at(-1)).toBe('03:00:00');
    expect((await at.state()).onTime?.files[0]?.hold).toBeNull();
  });

  it('keeps a workflow waiting that is disabled where somebody accepts new permissions', async () => {
    const at = await world({ cron: '0 * * * *' });
    at.actions.fates.push(refuse(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow"));
    at.start();
    await at.until(START + 65 * MINUTE);
    await acceptPermissions(at.context, SEEN.installationId);
    await at.until(START + 69 * MINUTE);
    expect(at.actions.times).toEqual(['01:00:00']);
  });

  it('waits while the workflow is disabled and goes on when it is enabled', async () => {
    const at = await world({ cron: '0 * * * *' });
    const disabled = refuse(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
    at.actions.fates.push(disabled, disabled);
    at.start();
    await at.until(START + 2 * HOUR - MINUTE);
    expect(at.actions.times).toEqual(['01:00:00', '01:10:00', '01:20:00']);
    expect(at.actions.runs).toHaveLength(1);
  });
});

describe('Actions that are switched off', () => {
  it('hold up all workflows of the repository, and are told once', async () => {
    const at = await world({ cron: '*/15 * * * *' });
    const off = { status: 422, message: 'Actions has been disabled for this repository.' };
    at.actions.fates.push({ answer: off, starts: false }, { answer: off, starts: false });
    at.start();
    await at.until(START + 100 * MINUTE);
    expect(at.actions.times).toEqual(['00:15:00', '01:15:00']);
    const { audit, onTime } = await at.state();
    expect(audit.filter(({ kind }) => kind === 'alarm').map(({ what }) => what)).toEqual([
      'No workflow is started on time until that is changed: Actions has been disabled for this repository.',
    ]);
    expect(onTime?.files.map(({ hold }) => hold?.why)).toEqual(['actions-off']);
  });

  it.each([
    ['actions-off', { status: 422, message: 'Actions has been disabled for this repository.' }],
    ['suspended', { status: 403, message: 'This installation has been suspended' }],
  ])('are on again where GitHub tells of a run since then: %s', async (_, answer) => {
    const at = await world({ cron: '0 * * * *' });
    at.actions.fates.push({ answer, starts: false });
    at.start();
    await at.until(START + 70 * MINUTE);
    expect(at.actions.times).toEqual(['01:00:00']);
    const other = { path: '.github/workflows/ci.yml', event: 'push' };
    await at.note(at.actions.start({ ...other, createdAt: START + 50 * MINUTE }));
    await at.until(START + 75 * MINUTE);
    expect(at.actions.times).toEqual(['01:00:00']);
    await at.note(at.actions.start(other));
    await at.until(START + 76 * MINUTE);
    expect(at.actions.times).toEqual(['01:00:00', '01:15:00']);
  });

  it('are on again where the installation is not suspended any more', async () => {
    const at = await world({ cron: '0 * * * *' });
    const suspended = { status: 403, message: 'This installation has been suspended' };
    at.actions.fates.push({ answer: suspended, starts: false });
    at.start();
    await at.until(START + 70 * MINUTE);
    await resumeInstallation(at.context, SEEN.installationId);
    await at.until(START + 90 * MINUTE);
    expect(at.actions.times).toHaveLength(2);
  });

  it('are looked at hourly, and told once, where a suspended installation may not even read', async () => {
    const at = await world({ cron: '*/15 * * * *' });
    const reads: number[] = [];
    at.actions.onRead = () => {
      reads.push((at.clock.at - START) / MINUTE);
      throw new OffbeatError('github-refused', 'This installation has been suspended.');
    };
    at.start();
    await at.until(START + 150 * MINUTE);
    expect(at.actions.asked).toEqual([]);
    expect([...new Set(reads.map(Math.round))]).toEqual([15, 75, 135]);
    const { audit, onTime } = await at.state();
    expect(audit.filter(({ kind }) => kind === 'alarm').map(({ what }) => what)).toEqual([
      'No workflow is started on time until that is changed: This installation has been suspended.',
    ]);
    expect(onTime?.files.map(({ hold }) => hold?.why)).toEqual(['suspended']);
    at.actions.onRead = () => undefined;
    await resumeInstallation(at.context, SEEN.installationId);
    // It would look again by itself at 03:15.
    await at.until(START + 170 * MINUTE);
    expect(at.actions.times[0]).toBe('02:31:00');
    expect((await at.state()).onTime?.files[0]?.hold).toBeNull();
  });

  it('are looked at hourly where the look at earlier runs is what a suspended installation may not do', async () => {
    const at = await world();
    at.start();
    await at.until(TICK + MINUTE);
    let lists = 0;
    at.actions.onList = () => {
      lists += 1;
    };
    at.actions.listFailure = new OffbeatError('github-refused', 'This installation has been suspended.');
    await at.until(TICK + 3 * HOUR);
    expect(lists).toBeLessThanOrEqual(3);
    at.actions.listFailure = null;
    at.actions.end(at.actions.runs[0]?.id ?? 0, 'success');
    await at.until(TICK + 5 * HOUR);
    expect((await at.ticks())[0]?.progress.state).toBe('done');
  });

  it('give a held tick up once it is too late, before the hold ends', async () => {
    const at = await world({ cron: '0 * * * *' });
    const off = { status: 422, message: 'Actions has been disabled for this repository.' };
    at.actions.fates.push({ answer: off, starts: false });
    at.start();
    await at.until(START + HOUR + 29 * MINUTE);
    expect((await at.ticks())[0]?.progress.state).toBe('due');
    await at.until(START + HOUR + 31 * MINUTE);
    expect((await at.ticks())[0]?.progress).toMatchObject({ state: 'skipped', why: 'held' });
  });

  it('and an installation that is suspended are asked for again after an hour', async () => {
    const at = await world({ cron: '*/15 * * * *' });
    const suspended = { status: 403, message: 'This installation has been suspended' };
    at.actions.fates.push({ answer: suspended, starts: false });
    at.start();
    await at.until(START + 100 * MINUTE);
    expect(at.actions.times.slice(0, 2)).toEqual(['00:15:00', '01:15:00']);
  });
});

describe('reads that GitHub refuses', () => {
  const REFUSED = new OffbeatError('github-refused', 'Resource not accessible by integration.');
  const said = async (at: Awaited<ReturnType<typeof world>>) =>
    refusalSentences((await at.state()).profile.refusals, at.clock.at);

  it('are tried more and more rarely where runs cannot be listed, and told until they can', async () => {
    const at = await world();
    const lists: number[] = [];
    at.actions.onList = () => lists.push(Math.round((at.clock.at - TICK) / 1_000));
    at.actions.listFailure = REFUSED;
    at.actions.fates.push({ answer: 'error', starts: true });
    at.start();
    await at.until(TICK + 3 * HOUR);
    expect(lists).toEqual([15, 30, 90, 690, 4290, 7890]);
    expect(await said(at)).toEqual(['GitHub refuses runs on time: Resource not accessible by integration.']);
    at.actions.listFailure = null;
    await at.until(TICK + 4 * HOUR);
    expect(await said(at)).toEqual([]);
    expect((await at.ticks())[0]?.progress.state).toBe('seen');
  });

  it('are counted once where several ticks meet the same one', async () => {
    const paths = ['a', 'b', 'c', 'd'].map((name) => `.github/workflows/${name}.yml`);
    const at = await world({
      config: 'mode: suggest\non-time: rescue\nrescue-after: 30m\n',
      repository: { files: paths.map((path) => ({ path, text: workflow('0 3 * * *') })) },
    });
    at.actions.listFailure = REFUSED;
    at.start();
    await at.until(TICK + 30 * MINUTE + 5_000);
    at.actions.listFailure = null;
    await at.until(TICK + 31 * MINUTE);
    expect(at.actions.asked.map(({ path }) => path).toSorted()).toEqual(paths);
  });

  it('are tried again as soon as somebody grants new rights', async () => {
    const at = await world();
    at.actions.listFailure = REFUSED;
    at.actions.fates.push({ answer: 'error', starts: true });
    at.start();
    await at.until(TICK + 2 * HOUR);
    at.actions.listFailure = null;
    await acceptPermissions(at.context, SEEN.installationId);
    // It would look again by itself 11.5 minutes later.
    await at.until(TICK + 2 * HOUR + 2 * MINUTE);
    expect((await at.ticks())[0]?.progress.state).toBe('seen');
  });

  it('are over once the files are shown again, where no run has to be looked for', async () => {
    const at = await world({ cron: '0 * * * *', config: 'mode: observe\non-time: punctual\nnet: cron\n' });
    const reads: string[] = [];
    const refuse = () => {
      reads.push(new Date(at.clock.at).toISOString().slice(11, 19));
      throw REFUSED;
    };
    at.actions.onRead = refuse;
    at.start();
    await at.until(START + 7 * HOUR + 30 * MINUTE);
    expect(reads).toEqual(['07:00:00', '07:00:15', '07:01:15', '07:11:15']);
    expect(await said(at)).toHaveLength(1);
    at.actions.onRead = () => undefined;
    await at.until(START + 8 * HOUR + 12 * MINUTE);
    expect(await said(at)).toEqual([]);
    at.actions.onRead = refuse;
    await at.until(START + 15 * HOUR + MINUTE);
    expect(reads.slice(4)).toEqual(['15:00:00', '15:00:15']);
  });

  it('hold back the ticks of a file that cannot be read, and say so', async () => {
    const at = await world({ config: 'mode: suggest\non-time: punctual\nnet: cron\ncatch-up-within: 12h\n' });
    const reads = new Set<number>();
    at.actions.onRead = () => {
      if (at.clock.at >= TICK) reads.add((at.clock.at - TICK) / 1_000);
      throw REFUSED;
    };
    at.start();
    await at.until(TICK + 2 * HOUR);
    // As lists of runs that are refused.
    expect([...reads]).toEqual([0, 15, 75, 675, 4275]);
    const [file] = (await at.state()).onTime?.files ?? [];
    expect(file && whyNotServed(file, at.clock.at)).toBe(
      `GitHub does not show \`${PATH}\`: Resource not accessible by integration.`,
    );
    at.actions.onRead = () => undefined;
    await acceptPermissions(at.context, SEEN.installationId);
    // It would read again by itself 11 minutes later.
    await at.until(TICK + 2 * HOUR + 2 * MINUTE);
    expect(at.actions.asked).toHaveLength(1);
    expect((await at.state()).onTime?.files[0]?.hold).toBeNull();
  });

  it('hold back nothing any more once the same file is read', async () => {
    const at = await world({ config: 'mode: suggest\non-time: punctual\nnet: cron\ncatch-up-within: 12h\n' });
    at.actions.onRead = () => {
      throw REFUSED;
    };
    at.start();
    await at.until(TICK + 2 * HOUR);
    at.actions.onRead = () => undefined;
    await at.read();
    expect((await at.state()).onTime?.files[0]).toMatchObject({ hold: null, blobSha: 'blob-1' });
    await at.until(TICK + 2 * HOUR + 2 * MINUTE);
    expect(at.actions.asked).toHaveLength(1);
  });
});

describe('who may start workflows', () => {
  it.each([
    ['observe mode', 'mode: observe\non-time: punctual\nnet: cron\n', {}, 'observed'],
    ['nobody has chosen a mode', 'on-time: punctual\nnet: cron\n', {}, 'observed'],
    [
      'another App was named',
      'mode: suggest\non-time: punctual\nnet: cron\non-time-by: other\n',
      {},
      'observed',
    ],
    ['an emergency stop', undefined, { emergencyStop: true }, 'held'],
    ['mode: pause', 'mode: pause\non-time: punctual\nnet: cron\n', {}, 'held'],
  ])('only records ticks in %s', async (_name, config, over, why) => {
    const at = await world({ ...(config === undefined ? {} : { config }), over });
    at.start();
    await at.until(TICK + HOUR);
    expect(at.actions.asked).toEqual([]);
    expect((await at.ticks()).map(({ progress }) => progress)).toMatchObject([{ state: 'skipped', why }]);
  });

  it('starts nothing where it is off, nor keeps anything', async () => {
    const at = await world({ config: 'mode: suggest\n' });
    at.start();
    await at.until(TICK + HOUR);
    expect(at.actions.asked).toEqual([]);
    expect((await at.state()).onTime).toBeNull();
  });

  it('starts nothing where a pull request has to prepare the file', async () => {
    const at = await world({ config: 'mode: suggest\non-time: punctual\n' });
    at.start();
    await at.until(TICK + HOUR);
    expect(at.actions.asked).toEqual([]);
    expect((await at.state()).onTime?.files[0]?.obstacles[0]).toContain('still has its `schedule`');
  });

  it.each([
    ['environment: prod', { reviewedEnvironments: new Set(['prod']) }, /`prod` waits for a reviewer/],
    ['environment: prod', { reviewedEnvironments: new Set<string>() }, null],
    ['environment: prod', { reviewedEnvironments: null }, null],
    ['permissions: { id-token: write }', { subjectClaims: ['actor'] }, /whose `sub` names `actor`/],
    ['permissions: { id-token: write }', { subjectClaims: null }, null],
  ])('starts what has %s by what GitHub tells of it: %j', async (line, facts, obstacle) => {
    const [file] = servedFiles('none');
    const text = file?.text.replace('    runs-on', `    ${line}\n    runs-on`) ?? '';
    const at = await world({
      config: 'mode: suggest\non-time: punctual\nnet: none\n',
      repository: { files: [{ path: PATH, text }], ...facts },
    });
    at.start();
    await at.until(TICK + HOUR);
    expect(at.actions.asked).toHaveLength(obstacle === null ? 1 : 0);
    const obstacles = (await at.state()).onTime?.files[0]?.obstacles;
    expect(obstacles).toEqual(obstacle === null ? [] : [expect.stringMatching(obstacle)]);
  });

  it('starts nothing in a public repository without a push for 60 days', async () => {
    const at = await world({ repository: { pushedAt: START - 60 * 24 * HOUR } });
    at.start();
    await at.until(TICK + HOUR);
    expect(at.actions.asked).toEqual([]);
  });
});

describe('the head of the branch', () => {
  /** A world that remembers when the head was read, in seconds before the first tick. */
  async function readsBefore() {
    const at = await world();
    const reads: number[] = [];
    at.actions.onRead = () => reads.push((TICK - at.clock.at) / 1_000);
    at.start();
    return { at, reads };
  }

  it('is read just before the tick, so that the request waits for no answer', async () => {
    const { at, reads } = await readsBefore();
    await at.until(TICK + MINUTE);
    expect(reads).toEqual([2]);
    expect(at.actions.times).toEqual(['03:00:00']);
  });

  it('is read again at the tick where the file was edited since', async () => {
    const { at, reads } = await readsBefore();
    await at.until(TICK - 1_000);
    at.actions.blob = 'blob-2';
    await at.read();
    await at.until(TICK + MINUTE);
    expect(reads).toEqual([2, 1, 0]);
    expect((await at.ticks())[0]).toMatchObject({ blobSha: 'blob-2', progress: { state: 'seen' } });
  });

  it('is read again at the tick where the clock was set since', async () => {
    const { at, reads } = await readsBefore();
    await at.until(TICK - 1_000);
    at.actions.isClockSet = true;
    await at.until(TICK + MINUTE);
    expect(reads.slice(0, 2)).toEqual([2, 0]);
    expect(at.actions.asked).toHaveLength(1);
  });

  it('is read again at the tick where it could not be read before', async () => {
    const { at, reads } = await readsBefore();
    at.actions.onRead = () => {
      reads.push((TICK - at.clock.at) / 1_000);
      if (reads.length === 1) throw new Error('GitHub does not answer.');
    };
    await at.until(TICK + MINUTE);
    expect(reads).toEqual([2, 0]);
    expect(at.actions.times).toEqual(['03:00:00']);
  });
});

describe('a file that GitHub does not show', () => {
  const WHY = 'Its first run has failed.';
  const NOT_YET = { code: 'github-not-yet' };
  const HALF_HOURLY = { cron: '*/30 * * * *' };

  async function stopped(at: Awaited<ReturnType<typeof world>>) {
    const { profile, onTime } = await at.state();
    if (onTime === null) throw new Error('A file is on time.');
    const files = onTime.files.map((file) => ({ ...file, switchedOff: { why: WHY, at: at.clock.at } }));
    await at.store.apply(profile.id, { onTime: { ...onTime, files }, onTimeBefore: onTime });
  }

  it('does not lose the ticks of a time of 404', async () => {
    const at = await world(HALF_HOURLY);
    at.actions.isShown = () => at.clock.at < TICK - 3_000 || at.clock.at > TICK + 1_500;
    at.start();
    await at.until(TICK + 31 * MINUTE);
    expect(at.actions.times.slice(-3)).toEqual(['02:30:00', '03:00:05', '03:30:00']);
  });

  it('stays as it is known, with its open issue, where GitHub answers 404 to a read after a push', async () => {
    const at = await world(HALF_HOURLY);
    at.start();
    await at.until(START + 31 * MINUTE);
    await at.note(at.actions.end(at.actions.runs[0]?.id ?? 0, 'failure'));
    await stopped(at);
    const before = (await at.state()).onTime;
    at.actions.isShown = () => false;
    await expect(at.read()).rejects.toMatchObject(NOT_YET);
    await expect(serveOnce(at.context, SEEN.id)).rejects.toMatchObject(NOT_YET);
    expect((await at.state()).onTime).toEqual(before);
    at.actions.isShown = () => true;
    await at.read();
    await at.until(START + 3 * HOUR);
    expect(at.actions.times).toEqual(['00:30:00']);
    expect(at.written.issues).toHaveLength(1);
    expect(at.written.closed).toEqual([]);
  });

  it.each([
    ['stays stopped', 'within a month', 29 * 24 * HOUR, { why: WHY }],
    ['is a new file', 'after a month', 31 * 24 * HOUR, null],
  ])('%s where it comes back %s', async (_, __, awayMs, switchedOff) => {
    const at = await world(HALF_HOURLY);
    at.start();
    await at.until(START + 31 * MINUTE);
    await stopped(at);
    const { files = [] } = at.repository;
    at.repository.files = [];
    await at.read();
    expect((await at.state()).onTime?.files).toEqual([]);
    at.clock.at += awayMs;
    await at.read();
    at.repository.files = files;
    await at.read();
    expect((await at.state()).onTime).toMatchObject({
      away: [],
      files: [{ switchedOff, since: at.clock.at, watermark: at.clock.at }],
    });
  });

  it('is tried again where somebody has asked with /on-time while it was away', async () => {
    const at = await world(HALF_HOURLY);
    await stopped(at);
    const { files = [] } = at.repository;
    at.repository.files = [];
    await at.read();
    await onTimeCommand(at.context, SEEN.id, { mode: 'punctual', by: 'mona' });
    at.repository.files = files;
    await at.read();
    expect((await at.state()).onTime?.files).toMatchObject([{ switchedOff: null, trial: 'open' }]);
  });
});

describe('a visit', () => {
  it('hands over what is due before it asks what became of earlier ticks', async () => {
    const at = await world();
    at.start();
    await at.until(TICK + MINUTE);
    const order: string[] = [];
    at.actions.onList = () => order.push('listed');
    const work = { context: async () => at.context, change: createKeyedMutex() };
    await visitRepository(work, SEEN.id, { lastAt: Number.NEGATIVE_INFINITY, notBefore: 0 }, () =>
      order.push('due'),
    );
    expect(order).toEqual(['due', 'listed']);
  });
});

describe('a clock that is wrong', () => {
  it.each([
    ['behind', 5 * MINUTE, '02:55:00'],
    ['ahead', -40 * MINUTE, '03:40:00'],
  ])('is %s: ticks are served by GitHub’s', async (_, skewMs, at3) => {
    const at = await world();
    at.actions.skewMs = skewMs;
    // What two answers have told before.
    for (let answers = 0; answers < 2; answers += 1) await at.actions.blobSha();
    at.start();
    await at.until(TICK + HOUR);
    expect(at.actions.times).toEqual([at3]);
  });

  it.each([
    { acceptedHours: -5, hours: 0 },
    { acceptedHours: 5, hours: 0 },
    { acceptedHours: 0, hours: -5 },
    { acceptedHours: 0, hours: 5 },
  ])(
    'begins to serve at GitHub’s time: where the delivery was accepted $acceptedHours h ahead, handled $hours h ahead',
    async ({ acceptedHours, hours }) => {
      const at = await world({ cron: '0 * * * *', config: 'mode: suggest\n' });
      const read = START + 3 * HOUR + 20 * MINUTE;
      at.clock.at = read + hours * HOUR;
      at.actions.skewMs = -hours * HOUR;
      await at.actions.blobSha();
      at.repository.config = 'mode: suggest\non-time: punctual\nnet: cron\n';
      await at.read({ clock: { now: () => read + acceptedHours * HOUR }, processClock: at.clock });
      expect((await at.state()).onTime?.files[0]).toMatchObject({ since: read, watermark: read });
      at.start();
      await at.until(read + (hours + 1) * HOUR);
      expect((await at.ticks()).map(({ tick }) => (tick - START) / HOUR)).toEqual([4]);
      expect(at.actions.asked).toHaveLength(1);
    },
  );

  it('is not believed of one answer alone: the next answer tells, and the tick is asked for', async () => {
    const at = await world({ cron: '0 * * * *' });
    at.actions.onlyOnceAheadMs = 180 * 24 * HOUR;
    at.start();
    await at.until(START + 2 * HOUR + MINUTE);
    expect(at.actions.times).toEqual(['01:00:00', '02:00:00']);
  });

  it.each([
    ['behind', 20 * MINUTE],
    ['ahead', -20 * MINUTE],
  ])('was %s and is set right: the next tick is served by it', async (_, skewMs) => {
    const at = await world({ cron: '0 * * * *' });
    at.actions.skewMs = skewMs;
    for (let answers = 0; answers < 2; answers += 1) await at.actions.blobSha();
    at.start();
    await at.until(START + HOUR + 5 * MINUTE - skewMs);
    await at.note(at.actions.end(100, 'success'));
    // Nothing is to be looked for until the next tick.
    await at.until(START + HOUR + 30 * MINUTE - skewMs);
    expect(at.actions.asked).toHaveLength(1);
    at.actions.skewMs = 0;
    at.actions.isClockSet = true;
    at.clock.at = START + HOUR + 30 * MINUTE;
    await at.until(START + 3 * HOUR + 10 * MINUTE);
    expect(at.actions.times.slice(1)).toEqual(['02:00:00', '03:00:00']);
  });

  it('is set wrong: no tick is given up before GitHub has told the time', async () => {
    const at = await world({ cron: '0 * * * *' });
    at.start();
    await at.until(START + HOUR + 30 * MINUTE);
    at.actions.skewMs = -5 * HOUR;
    at.actions.isClockSet = true;
    at.clock.at = START + 6 * HOUR + 30 * MINUTE;
    await at.until(START + 8 * HOUR + 10 * MINUTE);
    expect(at.actions.times).toEqual(['01:00:00', '07:00:00', '08:00:00']);
    expect((await at.ticks()).map(({ tick }) => (tick - START) / HOUR)).toEqual([1, 2, 3]);
  });

  it('is set ahead between two ticks: nothing starts early, and nothing twice when it is set back', async () => {
    const at = await world({ cron: '0 * * * *' });
    at.start();
    await at.until(START + HOUR + 10 * MINUTE);
    at.clock.at = START + 2 * HOUR;
    at.actions.onRead = () => {
      at.actions.skewMs = -50 * MINUTE;
    };
    await at.until(START + 2 * HOUR + 45 * MINUTE);
    expect(at.actions.times).toEqual(['01:00:00']);
    await at.until(START + 2 * HOUR + 55 * MINUTE);
    expect(at.actions.times).toEqual(['01:00:00', '02:50:00']);
    at.actions.onRead = () => undefined;
    at.actions.skewMs = 0;
    at.clock.at = START + 2 * HOUR + 6 * MINUTE;
    await at.until(START + 2 * HOUR + 59 * MINUTE);
    expect(at.actions.times).toHaveLength(2);
  });
});

describe('a dispatcher that was down', () => {
  it('leaves no intent where it died while the request waited for its turn', async () => {
    const states: (string | undefined)[] = [];
    const at = await world({
      repository: {
        writeTurn: async () => {
          states.push((await at.ticks())[0]?.progress.state);
        },
      },
    });
    at.start();
    await at.until(TICK + MINUTE);
    expect(states).toEqual(['due']);
    expect(at.actions.asked).toHaveLength(1);
  });

  it.each(['intent', 'answer'] as const)('starts nothing twice when it dies after the %s', async (died) => {
    const at = await world();
    // The answer never comes back to the process that asked.
    const lost = new Promise<never>(() => undefined);
    const send = at.actions.dispatch.bind(at.actions);
    at.actions.dispatch = async (asked) => {
      if (died === 'answer') await send(asked);
      at.actions.dispatch = send;
      return lost;
    };
    at.start();
    const gone = at.until(TICK + MINUTE);
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 50))]);
    at.restart();
    at.clock.at = TICK + MINUTE;
    await at.until(TICK + 10 * MINUTE);
    expect(at.actions.runs.length).toBeLessThanOrEqual(1);
    expect((await at.ticks())[0]?.progress.state).toBe(died === 'answer' ? 'seen' : 'lost');
  });

  it('catches up with the newest missed tick, after it has looked for runs', async () => {
    const at = await world({ cron: '0 * * * *' });
    at.clock.at = START + 3 * HOUR + 20 * MINUTE;
    at.restart();
    await at.until(START + 3 * HOUR + 30 * MINUTE);
    expect(at.actions.times).toEqual(['03:20:00']);
    expect((await at.ticks()).map(({ progress }) => progress.state)).toEqual(['skipped', 'skipped', 'seen']);

    const served = await world({ cron: '0 * * * *' });
    served.clock.at = START + 3 * HOUR + 10 * MINUTE;
    // GitHub has come for each of them meanwhile.
    for (const hour of [1, 2, 3]) served.actions.start({ createdAt: START + hour * HOUR + 5 * MINUTE });
    served.restart();
    await served.until(START + 3 * HOUR + 30 * MINUTE);
    expect(served.actions.asked).toEqual([]);
  });

  it.each([
    { what: 'starts nothing that the net has started', starts: true, asked: 0 },
    { what: 'starts what the net has not', starts: false, asked: 1 },
  ])('waits while the net is at work, and $what', async ({ starts, asked }) => {
    const at = await world({
      config: 'mode: suggest\non-time: punctual\nnet: own\n',
      repository: { files: servedFiles('own') },
    });
    at.clock.at = TICK + HOUR;
    const net = at.actions.start({ path: NET_PATH, state: 'running' });
    at.start();
    await at.until(TICK + HOUR + 5 * MINUTE);
    expect(at.actions.asked).toEqual([]);
    if (starts) at.actions.start({ event: 'workflow_dispatch', actor: 'github-actions[bot]' });
    at.actions.end(net.id, 'success');
    await at.until(TICK + 2 * HOUR);
    expect(at.actions.asked).toHaveLength(asked);
    expect((await at.ticks())[0]?.progress).toMatchObject(
      starts ? { state: 'skipped', why: 'net' } : { state: 'seen' },
    );
  });

  it.each([
    { minutes: 85, asked: 0 },
    // GitHub has ended it by then, whatever it lists.
    { minutes: 95, asked: 1 },
  ])('asks for $asked runs where the net began $minutes minutes ago', async ({ minutes, asked }) => {
    const at = await world({
      config: 'mode: suggest\non-time: punctual\nnet: own\n',
      repository: { files: servedFiles('own') },
    });
    at.clock.at = TICK + 10 * MINUTE;
    at.actions.start({ path: NET_PATH, state: 'running', createdAt: at.clock.at - minutes * MINUTE });
    at.start();
    await at.until(TICK + 11 * MINUTE);
    expect(at.actions.asked).toHaveLength(asked);
  });

  it('starts nothing that the net has started, where older ticks have no run either', async () => {
    const at = await world({
      config: 'mode: suggest\non-time: punctual\nnet: own\n',
      repository: { files: servedFiles('own', '0 * * * *') },
    });
    at.clock.at = START + 3 * HOUR + 20 * MINUTE;
    const net = at.actions.start({ path: NET_PATH, state: 'running' });
    at.restart();
    await at.until(START + 3 * HOUR + 22 * MINUTE);
    await at.note(at.actions.start({ event: 'workflow_dispatch', actor: 'github-actions[bot]' }));
    at.actions.end(net.id, 'success');
    await at.until(START + 3 * HOUR + 50 * MINUTE);
    expect(at.actions.asked).toEqual([]);
    expect((await at.ticks()).map(({ progress }) => 'why' in progress && progress.why)).toEqual([
      'superseded',
      'superseded',
      'net',
    ]);
  });

  it('does not wait for a net within the minutes that are its own', async () => {
    const at = await world({
      config: 'mode: suggest\non-time: punctual\nnet: own\n',
      repository: { files: servedFiles('own') },
    });
    at.clock.at = TICK + 5 * MINUTE;
    at.actions.start({ path: NET_PATH, state: 'running' });
    at.start();
    await at.until(TICK + 6 * MINUTE);
    expect(at.actions.asked).toHaveLength(1);
  });

  it('starts nothing that came due before it first saw the repository', async () => {
    const at = await world();
    at.clock.at = TICK + MINUTE;
    await at.store.apply(1, { onTime: null });
    at.restart();
    await at.until(TICK + HOUR);
    expect(at.actions.asked).toEqual([]);
  });
});

describe('rescue', () => {
  const config = 'mode: suggest\non-time: rescue\nrescue-after: 1h\n';

  it('starts what GitHub has not started in time', async () => {
    const at = await world({ config });
    at.start();
    await at.until(TICK + 2 * HOUR);
    expect(at.actions.times).toEqual(['04:00:00']);
  });

  it('starts nothing where GitHub has come, whether it was told or not', async () => {
    for (const told of [true, false]) {
      const at = await world({ config });
      at.start();
      await at.until(TICK + 30 * MINUTE);
      const run = at.actions.start();
      if (told) await at.note(run);
      await at.until(TICK + 2 * HOUR);
      expect(at.actions.asked).toEqual([]);
      expect((await at.ticks())[0]?.progress).toMatchObject({
        state: 'skipped',
        why: 'github',
        runId: run.id,
      });
    }
  });
});

describe('twins', () => {
  it('cancels GitHub’s late run while none of its jobs has begun a step', async () => {
    const at = await world();
    at.start();
    await at.until(TICK + 2 * HOUR);
    const twin = at.actions.start();
    await at.note(twin);
    expect(at.actions.cancelled).toEqual([twin.id]);
    expect((await at.ticks())[0]?.twin).toMatchObject({ runId: twin.id, fate: 'cancelled' });
  });

  it('lets it end where it has begun', async () => {
    const at = await world();
    at.start();
    await at.until(TICK + 2 * HOUR);
    const twin = at.actions.start();
    at.actions.begun.add(twin.id);
    await at.note(twin);
    expect(at.actions.cancelled).toEqual([]);
    expect((await at.ticks())[0]?.twin?.fate).toBe('left');
  });

  it('adopts it where the served run failed, before or after it came', async () => {
    for (const failsFirst of [true, false]) {
      const at = await world();
      at.start();
      await at.until(TICK + HOUR);
      const own = at.actions.runs[0]?.id ?? 0;
      if (failsFirst) await at.note(at.actions.end(own, 'cancelled'));
      const twin = at.actions.start();
      if (!failsFirst) at.actions.begun.add(twin.id);
      await at.note(twin);
      if (!failsFirst) {
        await at.note(at.actions.end(own, 'cancelled'));
        await at.until(TICK + 2 * HOUR);
      }
      expect(at.actions.cancelled).toEqual([]);
      expect((await at.ticks())[0]?.twin).toMatchObject({ runId: twin.id, fate: 'adopted' });
    }
  });

  it('waits with it while the answer is not known, and adopts it when the tick is lost', async () => {
    const at = await world();
    at.actions.fates.push({ answer: 'error', starts: false });
    at.start();
    await at.until(TICK + 20_000);
    const twin = at.actions.start();
    await at.note(twin);
    expect((await at.ticks())[0]?.twin?.fate).toBe('waiting');
    expect(at.actions.cancelled).toEqual([]);
    await at.until(TICK + 10 * MINUTE);
    expect((await at.ticks())[0]?.twin).toMatchObject({ runId: twin.id, fate: 'adopted' });
  });

  it('leaves a person’s dispatch and a re-run alone', async () => {
    const at = await world();
    at.start();
    await at.until(TICK + HOUR);
    await at.note(at.actions.start({ event: 'workflow_dispatch' }));
    await at.note(at.actions.start({ attempt: 2 }));
    expect(at.actions.cancelled).toEqual([]);
    expect((await at.ticks())[0]?.twin).toBeNull();
  });
});

describe('what switches a file off', () => {
  it('is a first run that fails where GitHub’s was green', async () => {
    const at = await world();
    const green = { ...(await import('../../store/sample.ts')).run(1), path: PATH, createdAt: START - HOUR };
    await at.store.apply(1, { runs: [green] });
    at.start();
    await at.until(TICK + MINUTE);
    await at.note(at.actions.end(at.actions.runs[0]?.id ?? 0, 'failure'));
    await at.until(TICK + 25 * HOUR);
    expect(at.actions.asked).toHaveLength(1);
    const state = await at.state();
    expect(state.onTime?.files[0]?.switchedOff?.why).toContain('GitHub’s last one was green');
    expect(state.audit.map(({ kind }) => kind)).toContain('alarm');
    const { body } = at.written.issues.at(-1) ?? { body: '' };
    expect(body).toContain('starts it no more until somebody asks with');
    expect(body).toContain('Until then GitHub’s own schedule starts it.');
  });

  it('is another App that starts it at its ticks too', async () => {
    const at = await world({ cron: '0 * * * *' });
    const { run } = await import('../../store/sample.ts');
    const foreign = [1, 2].map((hour) => ({
      ...run(hour),
      path: PATH,
      event: 'workflow_dispatch',
      actor: 'other[bot]',
      createdAt: START + hour * HOUR + 30_000,
    }));
    at.start();
    await at.until(START + 2 * HOUR + MINUTE);
    await at.store.apply(1, { runs: foreign });
    await at.until(START + 5 * HOUR);
    expect(at.actions.times).toEqual(['01:00:00', '02:00:00']);
    expect((await at.state()).onTime?.files[0]?.switchedOff?.why).toContain('other[bot]');
  });

  it.each(['a failed trial', 'another App'])('counts no more once somebody asks anew: %s', async (what) => {
    const at = await world({ cron: '0 * * * *' });
    const { run } = await import('../../store/sample.ts');
    at.start();
    if (what === 'a failed trial') {
      await at.store.apply(1, { runs: [{ ...run(1), path: PATH, createdAt: START - HOUR }] });
      await at.until(START + HOUR + MINUTE);
      await at.note(at.actions.end(at.actions.runs[0]?.id ?? 0, 'failure'));
      await at.until(START + 2 * HOUR + MINUTE);
    } else {
      await at.until(START + 2 * HOUR + MINUTE);
      const foreign = { path: PATH, event: 'workflow_dispatch', actor: 'other[bot]' };
      await at.store.apply(1, {
        runs: [1, 2].map((hour) => ({ ...run(hour), ...foreign, createdAt: START + hour * HOUR + 30_000 })),
      });
      await at.until(START + 3 * HOUR - MINUTE);
    }
    expect((await at.state()).onTime?.files[0]?.switchedOff).not.toBeNull();
    const asked = at.actions.asked.length;
    await onTimeCommand(at.context, SEEN.id, { mode: 'punctual', by: 'mona' });
    // The run of another tick ends: what happened before is judged again, if it counts.
    await at.until(START + 4 * HOUR + MINUTE);
    await at.note(at.actions.end(at.actions.runs.at(-1)?.id ?? 0, 'success'));
    await at.until(START + 5 * HOUR + MINUTE);
    expect((await at.state()).onTime?.files[0]).toMatchObject({ switchedOff: null, trial: 'passed' });
    expect(at.actions.asked.length).toBeGreaterThanOrEqual(asked + 2);
  });

  it('is served again from the command on where the machine’s clock is ahead', async () => {
    const at = await world({ cron: '0 * * * *' });
    at.actions.skewMs = -5 * HOUR;
    for (let answers = 0; answers < 2; answers += 1) await at.actions.blobSha();
    const { onTime } = await at.state();
    if (onTime === null) throw new Error('The file is on time.');
    const switchedOff = { why: 'It was switched off.', at: START };
    const files = onTime.files.map((file) => ({ ...file, switchedOff }));
    await at.store.apply(1, { onTime: { ...onTime, files }, onTimeBefore: onTime });
    at.clock.at = START + 6 * HOUR + 30 * MINUTE;
    await onTimeCommand(at.context, SEEN.id, { mode: 'punctual', by: 'mona' });
    expect((await at.state()).onTime?.files[0]).toMatchObject({
      switchedOff: null,
      since: START + HOUR + 30 * MINUTE,
    });
  });

  it('stays as it is where a command for off is overruled, or a file that is not switched off is asked for', async () => {
    const at = await world({ cron: '0 * * * *' });
    at.start();
    await at.until(START + HOUR + MINUTE);
    await at.note(at.actions.end(at.actions.runs[0]?.id ?? 0, 'success'));
    const ask = (mode: 'punctual' | 'off') => onTimeCommand(at.context, SEEN.id, { mode, by: 'mona' });
    await ask('punctual');
    expect((await at.state()).onTime?.files[0]).toMatchObject({ trial: 'passed', since: START });
    const { onTime } = await at.state();
    if (onTime === null) throw new Error('The file is on time.');
    const switchedOff = { why: 'It was switched off.', at: at.clock.at };
    const files = onTime.files.map((file) => ({ ...file, switchedOff }));
    await at.store.apply(1, { onTime: { ...onTime, files }, onTimeBefore: onTime });
    await ask('off');
    expect((await at.state()).onTime?.files[0]?.switchedOff).toEqual(switchedOff);
  });
});
