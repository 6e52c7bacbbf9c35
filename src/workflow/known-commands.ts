/*
 * Actions and commands that are known to change nothing outside their job. A list of those that do could never be
 * complete, so whatever does not stand here counts as unknown.
 */

const KNOWN_ACTIONS: readonly RegExp[] = [
  /^actions\/(?:checkout|cache|cache\/(?:restore|save)|upload-artifact|download-artifact|setup-[\w-]+)$/,
  /^(?:ruby\/setup-ruby|pnpm\/action-setup|oven-sh\/setup-bun|denoland\/setup-deno|astral-sh\/setup-uv)$/,
  /^(?:shivammathur\/setup-php|gradle\/actions\/setup-gradle|dtolnay\/rust-toolchain|Swatinem\/rust-cache)$/,
  /^golangci\/golangci-lint-action$/,
];

/** What names of scripts and targets are made of that only install, check, test and build, as `test:unit`. */
const HARMLESS_WORD =
  /^(?:build|check|compile|cov|coverage|css|fmt|format|install|js|lint|style|test|tests|ts|tsc|type|typecheck|types|unit)$/;
/** Tests of a whole system, which may reach outside. */
const SYSTEM_TEST_WORD = /^(?:acceptance|browser|e2e|integration|smoke|spec|specs)$/;

const LINTERS =
  'actionlint|biome|black|eslint|flake8|gofmt|golangci-lint|hadolint|isort|knip|ktlint|markdownlint|mypy|phpstan|' +
  'prettier|psalm|pylint|pyright|rubocop|ruff|shellcheck|staticcheck|stylelint|tsc|yamllint';
const UNIT_TESTS = 'ava|ctest|jest|mocha|phpunit|pytest|rspec|vitest';
const SHELL = `cd|echo|export|ls|mkdir|pwd|set|true|corepack enable|sudo apt-get (?:-y )?(?:install|update)`;
const PACKAGES =
  `(?:npm|pnpm|yarn|bun) (?:ci|i|install)|(?:bundle|composer|poetry|pipenv) install|uv sync|` +
  `(?:uv )?pip3? install|python3? -m pip install`;
const BUILDS =
  `cargo (?:build|check|clippy|fetch|fmt|nextest run|test)|dotnet (?:build|format|restore|test)|` +
  String.raw`go (?:build|fmt|mod download|mod verify|test|vet)|mix (?:compile|deps\.get|format|test)|` +
  `swift (?:build|test)`;
const KNOWN_COMMAND = new RegExp(`^(?:${[LINTERS, UNIT_TESTS, SHELL, PACKAGES, BUILDS].join('|')})(?= |$)`);
/** Runs a script or targets whose names have to tell what they do; flags come before or after them. */
const RUNS_BY_NAME =
  /^(?:(?:npm|pnpm|yarn|bun) (?:run|run-script) |(?:npm|pnpm|yarn|bun) (?=(?:t|test)(?: |$))|yarn |make |just |(?:\.\/)?(?:gradlew?|mvnw?) )(.*)$/;
/** Stands before the command that it runs: variables, and programs of package managers. */
const STARTER =
  /^(?:\w+=\S* |time |npx |bunx |pnpm exec |yarn exec |bundle exec |(?:uv|poetry|pipenv) run |python3? -m (?=pytest|mypy))+/;

/** Where a shell runs or writes something else: substitution, redirection, a group, an expression of GitHub's. */
const MORE_THAN_COMMANDS = /[`<>(){}]/;
const HARMLESS_EXPRESSION = /\$\{\{\s*(?:matrix|runner)\.[\w.-]+\s*\}\}/g;

/** How far a step or a job may reach outside; `system-tests` runs tests of a whole system. */
export type Reach = 'none' | 'system-tests' | 'unknown';

/** The farthest of several. */
export function farthest(reaches: readonly Reach[]): Reach {
  if (reaches.includes('unknown')) return 'unknown';
  return reaches.includes('system-tests') ? 'system-tests' : 'none';
}

/** The reach of a step that uses an action, `actions/checkout@v5`. */
export function reachOfAction(uses: string): Reach {
  const [name = ''] = uses.split('@');
  return KNOWN_ACTIONS.some((pattern) => pattern.test(name)) ? 'none' : 'unknown';
}

/** The reach of a shell script. */
export function reachOfScript(script: string): Reach {
  const text = script.replaceAll(HARMLESS_EXPRESSION, 'x').replaceAll(/\\\r?\n/g, ' ');
  if (MORE_THAN_COMMANDS.test(text)) return 'unknown';
  return farthest(text.split(/\r?\n|&&|\|\||[;|&]/).map(reachOfCommand));
}

function reachOfCommand(written: string): Reach {
  const command = written.trim().replaceAll(/\s+/g, ' ').replace(STARTER, '');
  if (command === '' || command.startsWith('#')) return 'none';
  if (/^(?:playwright|cypress) (?:install|run|test|verify)/.test(command)) return 'system-tests';
  const named = RUNS_BY_NAME.exec(command)?.[1];
  if (named !== undefined && !KNOWN_COMMAND.test(command)) return reachOfNames(named);
  if (!KNOWN_COMMAND.test(command)) return 'unknown';
  // `pytest tests/e2e` reaches as far as what it tests.
  return new RegExp(`^(?:${UNIT_TESTS})`).test(command) && namesSystemTest(command) ? 'system-tests' : 'none';
}

function namesSystemTest(command: string): boolean {
  return command.split(/[^a-z0-9]+/i).some((word) => SYSTEM_TEST_WORD.test(word));
}

/** Of targets and scripts: those of make are several, so every word but flags has to be known. */
function reachOfNames(names: string): Reach {
  const [before = ''] = names.split(/ -- /);
  const targets = before.split(' ').filter((word) => word !== '' && !/^-[\w-]*$/.test(word));
  const words = targets.flatMap((target) => target.split(/[:._-]/));
  if (words.length === 0) return 'unknown';
  return farthest(
    words.map((word) =>
      word === 't' || HARMLESS_WORD.test(word)
        ? 'none'
        : SYSTEM_TEST_WORD.test(word)
          ? 'system-tests'
          : 'unknown',
    ),
  );
}
