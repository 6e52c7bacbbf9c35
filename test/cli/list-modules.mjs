// Preloaded into a process: writes the packages and folders of `src/` that it has loaded to standard error at its end.
import { registerHooks } from 'node:module';

const loaded = new Set();

registerHooks({
  load(url, context, nextLoad) {
    const [, part] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? /(src\/[^/]+)/.exec(url) ?? [];
    if (part !== undefined) loaded.add(part);
    return nextLoad(url, context);
  },
});

process.on('exit', () => process.stderr.write(`\nLOADED ${JSON.stringify([...loaded].toSorted())}\n`));
