import { join } from 'node:path';
import { asDiskError } from '../disk/disk-errors.ts';
import { makePrivateDirectory, openPrivateFile } from '../disk/private.ts';
import type { OperatorAudit } from '../usecases/ports.ts';

const FILE_NAME = 'operator_audit.ndjson';

/** What operators did, a JSON text a line, in a file of the data directory that is only added to. */
export function openOperatorAuditFile(directory: string): OperatorAudit {
  const path = join(directory, FILE_NAME);
  return {
    async note(entry) {
      try {
        await makePrivateDirectory(directory);
        const file = await openPrivateFile(path, 'a');
        try {
          await file.appendFile(`${JSON.stringify(entry)}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (error) {
        throw asDiskError(error, path);
      }
    },
  };
}
