import type { Clock } from '../clock.ts';
import { movesOf } from '../proposal/moves.ts';
import { wrapOutput } from '../render/wrap-output.ts';
import { decideByConvention } from '../usecases/planning/by-convention.ts';
import { editRepository } from '../workflow/edit-repository.ts';
import { localConfig, localSources } from './local-sources.ts';
import type { Output } from './output.ts';
import { requestOf } from './subject.ts';
import { writeEdits } from './write-edits.ts';

/** Moves schedules of a checkout, or of some of its files, off crowded minutes within their hour, and says so. */
export async function fixByConvention(
  directory: string,
  only: ReadonlySet<string> | null,
  { output, clock }: { readonly output: Output; readonly clock: Clock },
): Promise<void> {
  const files = await localSources(directory);
  const subject = { files, config: await localConfig(directory), runs: [], directory };
  const decision = decideByConvention(requestOf(subject, clock.now()));
  const moves = movesOf(decision).filter(({ path }) => only === null || only.has(path));
  await writeEdits(directory, files, editRepository(files, moves), output);
  for (const note of decision.notes ?? []) output.error(wrapOutput(note, output.columns));
}
