import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The longest of them wait for processes that they have started: one at a time would leave the machine idle.
    maxWorkers: Math.max(2, availableParallelism()),
    // @actions/workflow-parser, our oracle, imports JSON without an attribute: only a bundler can load it.
    server: { deps: { inline: [/@actions\//] } },
  },
});
