/** An action that behaves differently, or fails, when an App has started the run. */
export interface RefusingAction {
  readonly name: RegExp;
  /** The input that lets bots through; with it nothing stands in the way. */
  readonly allowedBy?: readonly string[];
  readonly kind: 'blocking' | 'warning';
  /** What it does on a dispatch by an App, as the end of a sentence that begins with its name. */
  readonly does: string;
  /** How to mend it, where the end of the sentence does not say so. */
  readonly fix?: string;
}

/** Widely used actions; the behaviour of each comes from its source or documentation. */
export const REFUSING_ACTIONS: readonly RefusingAction[] = [
  {
    name: /^anthropics\/claude-code-action@/i,
    allowedBy: ['allowed_bots'],
    kind: 'blocking',
    does: 'refuses runs that a bot has started, unless `allowed_bots` names it',
  },
  {
    name: /^openai\/codex-action@/i,
    allowedBy: ['allow-bots', 'allow-bot-users', 'allow-users'],
    kind: 'blocking',
    does:
      'asks for write access of whoever has started the run, and a bot has none, unless `allow-bots` lets ' +
      'it through',
  },
  {
    name: /^(?:githubnext|github)\/gh-aw(?:-actions)?\//i,
    kind: 'blocking',
    does: 'checks the role of whoever has started a dispatch',
    fix: "Leave this workflow to GitHub's schedule: `on-time: off` for its file.",
  },
  {
    name: /^docker\/metadata-action@/i,
    kind: 'blocking',
    does: 'makes other tags on a dispatch (`type=schedule` makes none then)',
    fix: "State the tags without `type=schedule` in a step of the workflow, or leave it to GitHub's schedule.",
  },
  {
    name: /^(?:peter-evans\/create-pull-request|stefanzweifel\/git-auto-commit-action|EndBug\/add-and-commit)@/i,
    kind: 'warning',
    does: 'takes whoever has started the run for the author of its commits, where no author is given',
  },
];
