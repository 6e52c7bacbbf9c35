import { OffbeatError } from '../errors.ts';

/** One thing wrong in a configuration file. */
export interface ConfigProblem {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** What is wrong, one sentence. */
  readonly sentence: string;
  /** How to mend it, one sentence. */
  readonly fix: string;
}

/**
 * Most problems of one file that are reported: GitHub shows as many annotations of a check. Finding the place of each
 * takes time, so 100,000 of them would take minutes, and anybody can open a pull request with such a file.
 */
export const MOST_PROBLEMS = 50;

/** `config-invalid` with the problems of the file, one a line of the message; `where` is the place of the first. */
export class ConfigInvalidError extends OffbeatError {
  readonly path: string;
  readonly problems: readonly ConfigProblem[];

  constructor(path: string, problems: readonly [ConfigProblem, ...ConfigProblem[]], cause?: unknown) {
    const [first, ...others] = problems;
    const where = `${path}:${first.line}:${first.column}`;
    if (others.length === 0) {
      super('config-invalid', first.sentence, { where, fix: first.fix, cause });
    } else {
      const rest = others.map(
        ({ line, column, sentence, fix }) => `${path}:${line}:${column}: ${sentence} ${fix}`,
      );
      const message = [`${first.sentence} ${first.fix}`, ...rest].join('\n');
      super('config-invalid', `${message}\n`, {
        where,
        fix:
          problems.length < MOST_PROBLEMS
            ? `Correct all ${problems.length} places.`
            : 'Correct these places first; there may be more.',
        cause,
      });
    }
    this.path = path;
    this.problems = problems;
  }
}
