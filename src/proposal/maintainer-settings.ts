import { z } from 'zod';
import { CommandedModes } from '../on-time/state.ts';
import { Mode } from './proposal.ts';

/** A workflow file that a maintainer has asked to leave where it is. */
export const LeftAlone = z.object({
  path: z.string(),
  /** `ignored`: never proposed. `pinned`: dropped from a proposal, and stays where it is. */
  as: z.enum(['ignored', 'pinned']),
  at: z.number(),
  by: z.string().nullable(),
});
export type LeftAlone = z.infer<typeof LeftAlone>;

/** What maintainers of one repository have asked for with commands. */
export const MaintainerSettings = z.object({
  leftAlone: z.array(LeftAlone),
  /** No proposal before this instant, epoch ms; `null` where nobody has snoozed them. */
  snoozedUntil: z.number().nullable(),
  /** The commanded mode that `/pause` has taken the place of, for `/resume`; absent while nothing is paused. */
  modeBeforePause: Mode.nullable().optional(),
  /** True where the operator has set the commanded mode; absent where a maintainer has. */
  modeByOperator: z.literal(true).optional(),
  /** What `/on-time` has asked for; absent where nobody has. */
  onTime: CommandedModes.optional(),
});
