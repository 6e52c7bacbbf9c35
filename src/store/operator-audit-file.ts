import { join } from 'node:path';
import { asDiskError } from '../disk/disk-errors.ts';
import { makePrivateDirectory, writePrivateFile } from '../disk/private.ts';
import { syncDirectory } from '../disk/sync-directory.ts';
import type { OperatorAudit } from '../usecases/ports.ts';

const FILE_NAME = 'operator_audit.ndjson';

/** The log of operators' actions: an append-only file of the data directory, with a JSON text a line. */
export function openOperatorAuditFile(directory: string): OperatorAudit {
  const path = join(directory, FILE_NAME);
  return {
    async note(entry) {
      try {
        await makePrivateDirectory(directory);
        await writePrivateFile(path, `${JSON.stringify(entry)}\n`, { flags: 'a', isSynced: true });
        await syncDirectory(directory);
      } catch (error) {
        throw asDiskError(error, path);
      }
    },
  };
}
