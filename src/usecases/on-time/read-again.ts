import { readOnTimeFiles } from './read-files.ts';
import { changeOnTime, type Place } from './work.ts';

/** Reads the files anew while ticks are served. */
export async function readAgain(place: Place): Promise<void> {
  const change = await readOnTimeFiles(place.context, place.repositoryId, place.connected);
  if (change !== null) await changeOnTime(place, () => ({ change, value: null }));
}
