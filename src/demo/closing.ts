/** What the demo leaves to look at. */
export interface Closing {
  /** The open proposal; `undefined` where there is none. */
  readonly pull: { readonly title: string; readonly html_url: string } | undefined;
  /** How the person below comments there. */
  readonly comment: { readonly apiUrl: string; readonly token: string };
  readonly dashboard: string;
  /** Who is signed in there. */
  readonly login: string;
}

/** The last lines of the demo: the proposal, and the dashboard, so that nobody has to scroll back for them. */
export function closingLines({ pull, comment, dashboard, login }: Closing): readonly string[] {
  return [
    ...(pull === undefined
      ? []
      : [
          `Proposal       ${pull.html_url}`,
          `               ${pull.title}`,
          'Your command   from another terminal; the answer stands on that page:',
          // At 80 columns the address has no room farther in.
          `  curl -H 'Authorization: token ${comment.token}' \\`,
          `    --data '{"body":"/help"}' \\`,
          `    ${comment.apiUrl}/comments`,
        ]),
    `Dashboard      ${dashboard}`,
    `               signed in as ${login}, good once`,
    '',
    'Everything stays up. Stop with Ctrl-C.',
    '',
  ];
}
