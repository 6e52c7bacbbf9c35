// For a step that a test starts: its clock begins at the time the test gives, and its waits end at once.

import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const ahead = Number(process.env.RUNNER_NOW) - Date.now();
const now = Date.now;
Date.now = () => now() + ahead;
timers.setTimeout = async () => undefined;
syncBuiltinESMExports();
