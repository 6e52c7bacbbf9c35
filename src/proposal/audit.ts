import { z } from 'zod';
import { ProposalState } from './proposal.ts';

/** States of a decision, or of the proposal that carries it: an open pull request is a decision that was proposed. */
export const LifeState = z.enum([
  'observing',
  'decided',
  'held',
  'proposed',
  ...ProposalState.exclude(['open']).options,
]);
export type LifeState = z.infer<typeof LifeState>;

/** Something that the App or a person has done, or that has happened; kept for good and never changed. */
export const AuditEvent = z.object({
  /** Epoch ms. */
  at: z.number(),
  /** A login; `null` for the App itself. */
  by: z.string().nullable(),
  /** `state`: a step of a decision. `wish`: a person's command. `written`: a text of the App. `alarm`: an `Alarm`. */
  kind: z.enum(['state', 'wish', 'written', 'alarm']),
  from: LifeState.nullable(),
  to: LifeState.nullable(),
  decisionId: z.string().nullable(),
  pullNumber: z.number().int().nullable(),
  /** A sentence. */
  what: z.string(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** What an event is about. */
export interface AuditedMatter {
  readonly decisionId?: string | null;
  readonly pullNumber?: number | null;
}

/** The event that a decision has changed its state. */
export function auditedStep(
  at: number,
  by: string | null,
  from: LifeState,
  to: LifeState,
  what: string,
  { decisionId = null, pullNumber = null }: AuditedMatter,
): AuditEvent {
  return { at, by, kind: 'state', from, to, decisionId, pullNumber, what };
}

/** The event of a command, of a written text, or of an alarm. */
export function audited(
  kind: 'wish' | 'written' | 'alarm',
  at: number,
  by: string | null,
  what: string,
  { decisionId = null, pullNumber = null }: AuditedMatter = {},
): AuditEvent {
  return { at, by, kind, from: null, to: null, decisionId, pullNumber, what };
}
