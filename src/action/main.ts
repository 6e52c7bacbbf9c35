/** The entry of the Action: a runner starts it with inputs and the run in its environment. */
import * as core from '@actions/core';
import type { ActionIo } from './io.ts';
import { runAction } from './run-action.ts';

const io: ActionIo = {
  input: (name) => core.getInput(name),
  output: core.setOutput,
  debug: core.debug,
  info: core.info,
  notice: core.notice,
  warning: core.warning,
  error: core.error,
  summarise: async (markdown) => {
    // GitHub Enterprise Server may have none.
    if (process.env.GITHUB_STEP_SUMMARY !== undefined) await core.summary.addRaw(markdown, true).write();
  },
  fail: core.setFailed,
};

await runAction({ io, env: process.env, clock: { now: () => Date.now() } });
