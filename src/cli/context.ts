import type { Clock } from '../clock.ts';
import type { Output } from './output.ts';

/** What every command runs with. */
export interface CliContext {
  readonly output: Output;
  readonly clock: Clock;
  /** Variables of the environment by name. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
