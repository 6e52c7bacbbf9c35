import type { Migration } from 'kysely/migration';
import { up as initial } from './001-initial.ts';
import { up as onTime } from './002-on-time.ts';
import { up as forecasts } from './003-forecasts.ts';
import { up as deadLettersByDelivery } from './004-dead-letters-by-delivery.ts';

/** In order; a migration that was released is never edited, only followed by another. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-initial': { up: initial },
  '002-on-time': { up: onTime },
  '003-forecasts': { up: forecasts },
  '004-dead-letters-by-delivery': { up: deadLettersByDelivery },
};
