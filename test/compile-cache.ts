import { flushCompileCache } from 'node:module';
import { afterAll } from 'vitest';

// A test process is ended by a signal, which would leave unwritten what it has compiled.
afterAll(() => flushCompileCache());
