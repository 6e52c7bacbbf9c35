import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

/** Permissions and events that the App asks for in `app.yml`. */
const WantedAccess = z.object({
  default_permissions: z.record(z.string(), z.string()),
  default_events: z.array(z.string()),
});
export type WantedAccess = Readonly<z.infer<typeof WantedAccess>>;

/** Reads `app.yml`, which is part of the package. */
export async function readWantedAccess(): Promise<WantedAccess> {
  const text = await readFile(new URL('../../../app.yml', import.meta.url), 'utf8');
  return WantedAccess.parse(parse(text));
}
