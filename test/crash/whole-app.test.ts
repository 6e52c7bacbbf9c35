import { it } from 'vitest';
import { onFiles, survives } from './whole-life.ts';

it('an App on files that is killed at many points ends with history, decisions and pull request of an undisturbed one', async () => {
  await survives(onFiles);
}, 600_000);
