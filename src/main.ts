#!/usr/bin/env node
// Nothing else is imported before the version is known to be enough: an older Node would stop at the syntax.
const MIN_NODE = [22, 20] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  process.stderr.write(
    `Offbeat needs Node ${MIN_NODE.join('.')} or newer, and this is ${process.versions.node}. Update ` +
      'Node; in a checkout, "npm ci" brings the right one for the npm scripts.\n',
  );
  process.exitCode = 2;
} else {
  const { runCli } = await import('./cli/program.ts');
  process.exitCode = await runCli(process.argv.slice(2));
}

export {};
