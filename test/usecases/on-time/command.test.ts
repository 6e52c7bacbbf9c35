import { describe, expect, it } from 'vitest';
import { onTime } from '../../../src/operations/on-time.ts';
import { toMarkdown } from '../../../src/render/to-markdown.ts';
import { scheduleVersion } from '../../../src/usecases/learning/schedule-version.ts';
import { onTimeReport } from '../../../src/usecases/on-time/on-time-views.ts';
import { repositoryHealth } from '../../../src/usecases/questions/repository-health.ts';
import { proposal } from '../../proposal/sample.ts';
import { PATH, START, world } from './world.ts';

const HOUR = 3_600_000;

async function asked(config: string, ...inputs: object[]) {
  const at = await world({ config });
  await at.store.apply(1, {
    scheduleVersions: [scheduleVersion({ sha: 'head', files: at.repository.files ?? [] }, START)],
  });
  let text = '';
  for (const input of inputs) {
    const { document } = await onTime.answer(input, { context: at.context, repositoryId: 1, actor: 'mona' });
    text = toMarkdown(document);
  }
  return { at, text };
}

describe('/on-time', () => {
  it('says that nothing is on time where nobody has asked', async () => {
    expect((await asked('mode: suggest\n', {})).text).toContain('none is on time');
  });

  it('turns one workflow on, for all who ask later, and is on record', async () => {
    const { at, text } = await asked('mode: suggest\nnet: cron\n', { workflow: 'nightly', mode: 'punctual' });
    expect(text).toContain('`nightly.yml`: punctual, net: `cron`. No tick yet.');
    const state = await at.state();
    expect(state.care.onTime).toEqual({ [PATH]: 'punctual' });
    expect(state.audit.at(-1)).toMatchObject({ by: 'mona', what: `\`${PATH}\`: on time is punctual.` });
    at.start();
    await at.until(START + 4 * HOUR);
    expect(at.actions.times).toEqual(['03:00:00']);
  });

  it('takes a mode alone for all workflows, and off stops it', async () => {
    const { at } = await asked(
      'mode: suggest\n',
      { workflow: 'rescue' },
      { workflow: 'nightly', mode: 'off' },
    );
    expect((await at.state()).care.onTime).toEqual({ '*': 'rescue', [PATH]: 'off' });
    expect((await at.state()).onTime?.files).toEqual([]);
  });

  it('says where the configuration stands above it', async () => {
    const config = 'mode: suggest\non-time: punctual\nnet: cron\n';
    expect((await asked(config, { mode: 'rescue' })).text).toContain('stands above a command');
  });

  it('opens the pull request that changes the files for it', async () => {
    const { at, text } = await asked('mode: suggest\n', { workflow: 'nightly', mode: 'punctual' });
    expect(at.written.pulls).toHaveLength(1);
    expect(text).toContain('#13 changes the files for it.');
    expect(text).toContain('still has its `schedule`');
    expect((await asked('mode: observe\n', { mode: 'punctual' })).at.written.pulls).toEqual([]);
  });

  it('says what it waits for where an open pull request moves the cron', async () => {
    const at = await world({ config: 'mode: suggest\n' });
    const { moves } = proposal();
    const moving = proposal({ state: 'open', moves: moves.map((move) => ({ ...move, path: PATH })) });
    await at.store.apply(1, {
      proposals: [moving],
      scheduleVersions: [scheduleVersion({ sha: 'head', files: at.repository.files ?? [] }, START)],
    });
    const asked = { context: at.context, repositoryId: 1, actor: 'mona' };
    const { document } = await onTime.answer({ workflow: 'nightly', mode: 'punctual' }, asked);
    expect(toMarkdown(document)).toContain(
      `\`nightly.yml\` waits for #${moving.pullNumber}, which moves its cron: merge or close it`,
    );
  });

  it('says what holds a workflow by GitHub’s clock, where the machine’s is ahead', async () => {
    const at = await world();
    at.actions.skewMs = -5 * HOUR;
    for (let answers = 0; answers < 2; answers += 1) await at.actions.blobSha();
    at.clock.at = START + 6 * HOUR;
    const { onTime: before } = await at.state();
    if (before === null) throw new Error('The file is on time.');
    const hold = { why: 'disabled', until: START + 2 * HOUR, times: 1, sentence: 'It is disabled.' } as const;
    const files = before.files.map((file) => ({ ...file, hold }));
    await at.store.apply(1, { onTime: { ...before, files }, onTimeBefore: before });
    const { document } = await onTime.answer({}, { context: at.context, repositoryId: 1, actor: 'mona' });
    expect(toMarkdown(document)).toContain('It is disabled.');
    expect(onTimeReport(at.context, await at.state())?.workflows[0]?.why).toBe('It is disabled.');
    const { problems } = await repositoryHealth(at.context, 1);
    expect(problems).toContain('`nightly.yml` is not started on time: It is disabled.');
  });

  it('says who has served the ticks', async () => {
    const { at } = await asked('mode: suggest\non-time: punctual\nnet: cron\n');
    at.start();
    await at.until(START + 4 * HOUR);
    const { document } = await onTime.answer({}, { context: at.context, repositoryId: 1, actor: null });
    expect(toMarkdown(document)).toContain('100 % of 1 ticks started within 5 minutes; served by Offbeat 1');
  });

  it('refuses a mode in the place of a workflow, and unknown workflows', async () => {
    await expect(asked('', { workflow: 'off', mode: 'off' })).rejects.toMatchObject({
      code: 'command-invalid',
    });
    await expect(asked('', { workflow: 'weekly', mode: 'off' })).rejects.toMatchObject({ code: 'not-found' });
  });
});
