import { describe } from 'vitest';
import { drivesTicks } from './on-time-table.ts';

describe('a tick, on files', () => drivesTicks(async () => null));
