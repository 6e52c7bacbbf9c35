import type { KeyedMutex } from '../../keyed-mutex.ts';
import type { Log } from '../../log.ts';
import type { AnyOperation } from '../../operations/operation.ts';
import type { Context } from '../../usecases/context.ts';
import type { CostlyQuestions } from '../shared/costly-questions.ts';
import type { Changes } from './changes.ts';
import type { OneTimeSignIn, People } from './guard.ts';

export interface DashboardOptions {
  readonly context: Context;
  /** Every operation; those that are open to the dashboard are shown. */
  readonly operations: readonly AnyOperation[];
  /** `null` where the operator has not set all variables that sign-in needs. */
  readonly people: People | null;
  /** Variables that the operator has not set. */
  readonly missing: readonly string[];
  /** Address of GitHub's pages. */
  readonly webUrl: string;
  /** Where browsers reach this server. */
  readonly publicUrl: string;
  readonly changes: Changes;
  /** Deliveries from before a crash that are still to be handled; none where it is left out. */
  readonly replaying?: () => number;
  readonly lockRepository: KeyedMutex;
  /** Bounds what costs much; nothing does where it is left out. */
  readonly costly?: CostlyQuestions;
  readonly log: Log;
  /** A link that signs one person in, once: for the demo alone. */
  readonly oneTime?: OneTimeSignIn;
}
