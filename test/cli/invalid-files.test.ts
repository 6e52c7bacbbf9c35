import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli, FILES, makeCheckout, PINNED, remove, restRuns } from './checkout.ts';

let checkout: string;
let runs: string;

beforeEach(async () => {
  checkout = await makeCheckout({
    ...FILES,
    [PINNED]: 'name: Pinned\non:\n  schedule:\n    - cron: "0 2 * * *"\n      timezone: Europe/Berln\n',
  });
  runs = join(checkout, 'runs.json');
  await writeFile(runs, JSON.stringify({ workflow_runs: restRuns() }));
});

afterEach(() => remove(checkout));

async function ask(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await cli(...args, '--runs', runs);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.replaceAll(/\s+/g, ' ');
}

describe('an unknown timezone in one file', () => {
  it.each([
    ['insights', 'nightly'],
    ['accuracy', 'over 58 forecasts'],
    ['batch', 'nightly'],
    ['history', 'nightly'],
  ])('does not stop %s', async (name, part) => {
    expect(await ask(name, checkout)).toContain(part);
  });

  it('does not stop simulate', async () => {
    expect(await ask('simulate', checkout)).toContain('1 schedule');
  });

  it('leaves the other file to plan and predict', async () => {
    expect(await ask('plan', checkout)).toContain("nightly.yml 0 2 * * *: Today's time is the best");
    expect(await ask('predict', checkout, 'nightly.yml')).toContain(
      'Nightly (nightly.yml): stays at 0 2 * * *',
    );
  });

  it.each([['plan'], ['predict'], ['health'], ['report']])(
    'is named by %s with what to write',
    async (name) => {
      const out = await ask(name, checkout, ...(name === 'predict' ? ['pinned.yml'] : []));
      expect(out).toContain('pinned.yml');
      expect(out).toContain('Did you mean "Europe/Berlin"?');
    },
  );
});

describe('a configuration with another ending', () => {
  it.each(['check', 'plan'])('is pointed out by %s', async (name) => {
    const misnamed = await makeCheckout({ '.github/offbeat.yaml': 'mode: observe\n' });
    const { code, err } = await cli(name, misnamed);
    await remove(misnamed);
    expect(code).toBe(2);
    expect(err).toContain('Rename it to .github/offbeat.yml.');
  });
});
