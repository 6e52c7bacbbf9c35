import { expect, it } from 'vitest';
import { closingLines } from '../../src/demo/closing.ts';

it('ends with the open proposal and the address of the dashboard', () => {
  const pull = {
    title: 'Move 3 scheduled workflows',
    html_url: 'http://127.0.0.1:1/octo-org/octo-repo/pull/3',
  };
  const dashboard = 'http://127.0.0.1:2/sign-in/once/1';
  const comment = {
    apiUrl: 'http://127.0.0.1:1/repos/octo-org/octo-repo/issues/3',
    token: 'token-of-maintainer',
  };
  expect(closingLines({ pull, comment, dashboard, login: 'maintainer' })).toEqual([
    'Proposal       http://127.0.0.1:1/octo-org/octo-repo/pull/3',
    '               Move 3 scheduled workflows',
    'Your command   from another terminal; the answer stands on that page:',
    "  curl -H 'Authorization: token token-of-maintainer' \\",
    `    --data '{"body":"/help"}' \\`,
    `    ${comment.apiUrl}/comments`,
    'Dashboard      http://127.0.0.1:2/sign-in/once/1',
    '               signed in as maintainer, good once',
    '',
    'Everything stays up. Stop with Ctrl-C.',
    '',
  ]);
  expect(closingLines({ pull: undefined, comment, dashboard, login: 'maintainer' })[0]).toContain(
    'Dashboard',
  );
});
