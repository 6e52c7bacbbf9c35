import { describe, expect, it } from 'vitest';
import { readWorkflowFacts } from '../../src/workflow/job-facts.ts';
import { reachOfAction, reachOfScript } from '../../src/workflow/known-commands.ts';

describe('a script', () => {
  it.each([
    'make test',
    'make -j4 lint test',
    'npm ci && npm run build',
    'npm test',
    'npm run test:unit -- --coverage',
    'npm run --silent lint',
    'yarn lint',
    'set -e\nCI=true npx vitest run --shard=${{ matrix.shard }}/2 # quick',
    'python -m pytest -q',
    './gradlew build',
    'sudo apt-get update\nsudo apt-get install -y jq',
  ])('of known commands reaches nothing outside: %j', (script) => {
    expect(reachOfScript(script)).toBe('none');
  });

  it.each(['make e2e', 'npx playwright test', 'pytest tests/integration', 'npm run e2e -- --x=1'])(
    'that tests a whole system may: %j',
    (script) => {
      expect(reachOfScript(script)).toBe('system-tests');
    },
  );

  it.each([
    'terraform apply -auto-approve',
    'helm upgrade x ./chart',
    'ansible-playbook site.yml',
    'gcloud run services update x',
    'curl -X POST https://hooks.example.com/done',
    './scripts/ship.sh',
    'kubectl apply -f k8s',
    'npm run migrate',
    'npm run build:deploy',
    'npm publish',
    'cargo publish',
    'go run ./ship',
    'make',
    'make test deploy',
    'make -C infra apply',
    'mvn -B deploy',
    'make test && ./ship',
    'echo done | ./ship.sh',
    'echo $(./ship.sh)',
    'echo X=1 >> $GITHUB_ENV',
    'npm test ${{ inputs.more }}',
    '$COMMAND',
  ])('with anything else is not known: %j', (script) => {
    expect(reachOfScript(script)).toBe('unknown');
  });
});

it.each([
  ['actions/checkout@v5', 'none'],
  ['actions/setup-node@v5', 'none'],
  ['actions/github-script@v8', 'unknown'],
  ['google-github-actions/setup-gcloud@v3', 'unknown'],
  ['./.github/actions/setup-node', 'unknown'],
])('the action %s reaches %s', (uses, reach) => {
  expect(reachOfAction(uses)).toBe(reach);
});

describe('a job of known steps', () => {
  const reach = (job: string, head = '') =>
    readWorkflowFacts(`on: push\n${head}jobs:\n  a:\n    runs-on: x\n${job}    steps: [{ run: make test }]\n`)
      .jobs[0]?.reach;

  it('reaches nothing outside', () => {
    expect(reach('')).toBe('none');
    expect(reach('    permissions: { contents: read }\n', 'permissions: write-all\n')).toBe('none');
  });

  it.each([
    ['an environment', '    environment: production\n', ''],
    ['rights to write', '    permissions: { contents: write }\n', ''],
    ['an identity', '    permissions: { id-token: write }\n', ''],
    ['the rights of the workflow', '', 'permissions: write-all\n'],
    ['a secret', '    env: { TOKEN: "${{ secrets.TOKEN }}" }\n', ''],
    ['a secret of the workflow', '', 'env: { TOKEN: "${{ secrets.TOKEN }}" }\n'],
    ['a shell of its own', '    defaults: { run: { shell: "./ship {0}" } }\n', ''],
  ])('is not known with %s', (_, job, head) => {
    expect(reach(job, head)).toBe('unknown');
  });
});
