import { expect, it } from 'vitest';
import { unwritableMoves } from '../../../src/usecases/planning/unwritable-moves.ts';

const called = {
  path: '.github/workflows/called.yml',
  text: "on: workflow_call\njobs:\n  a:\n    runs-on: x\n    if: github.event.schedule == '0 3 * * *'\n",
};

function caller(name: string, cron: string) {
  const path = `.github/workflows/${name}`;
  const text = `on:\n  schedule:\n    - cron: '${cron}'\njobs:\n  a:\n    uses: ./${called.path}\n`;
  return { file: { path, text }, move: { key: name, path, index: 0, outcome: 'move' as const } };
}

it('names the later of two moves that a called workflow could not tell apart', () => {
  const [one, other] = [caller('a.yml', '0 3 * * *'), caller('b.yml', '0 5 * * *')];
  const sources = [one.file, other.file, called];
  const move = { ...one.move, to: '17 4 * * *' };
  expect(unwritableMoves(sources, [move, { ...other.move, to: '29 6 * * *' }])).toEqual([]);
  expect(unwritableMoves(sources, [move, { ...other.move, to: '17 4 * * *' }])).toMatchObject([
    { key: 'b.yml', to: '17 4 * * *', error: { code: 'workflow-refused' } },
  ]);
});
