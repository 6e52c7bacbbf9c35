/** The entry of the Action: a runner starts it with inputs and the run in its environment. */
import * as core from '@actions/core';
import { coreIo } from './core-io.ts';
import { runAction } from './run-action.ts';

await runAction({
  io: coreIo(core, process.env.GITHUB_STEP_SUMMARY !== undefined),
  env: process.env,
  clock: { now: () => Date.now() },
});
