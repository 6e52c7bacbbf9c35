// Plain JavaScript, since it must run on whatever Node there is.
const MIN_MAJOR = 22;
const MIN_MINOR = 20;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < MIN_MAJOR || (major === MIN_MAJOR && minor < MIN_MINOR)) {
  process.stderr.write(
    `Offbeat needs Node ${MIN_MAJOR}.${MIN_MINOR} or newer, and this is ${process.versions.node}. Run "npm ci" first, or "npm rebuild node" after "npm ci --ignore-scripts": that brings Node 24 for the npm scripts.\n`,
  );
  process.exit(2);
}
