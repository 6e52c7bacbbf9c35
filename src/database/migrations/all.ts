import type { Migration } from 'kysely/migration';
import { up as tables } from './001-tables.ts';
import { up as appendOnly } from './002-append-only.ts';
import { up as deployment } from './003-deployment.ts';
import { up as olderRuns } from './004-older-runs.ts';
import { up as sharedLoads } from './005-shared-loads.ts';
import { up as learnedText } from './006-learned-text.ts';
import { up as lightCompression } from './007-light-compression.ts';
import { up as mustHold } from './008-must-hold.ts';

/** In order; a migration that was released is never edited, only followed by another. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-tables': { up: tables },
  '002-append-only': { up: appendOnly },
  '003-deployment': { up: deployment },
  '004-older-runs': { up: olderRuns },
  '005-shared-loads': { up: sharedLoads },
  '006-learned-text': { up: learnedText },
  '007-light-compression': { up: lightCompression },
  '008-must-hold': { up: mustHold },
};
