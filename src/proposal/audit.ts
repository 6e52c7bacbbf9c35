import { z } from 'zod';
import { ProposalState } from './proposal.ts';

/** Where a decision, or the proposal that carries it, may stand: an open pull request is a decision that was proposed. */
export const LifeState = z.enum([
  'observing',
  'decided',
  'held',
  'proposed',
  ...ProposalState.exclude(['open']).options,
]);
export type LifeState = z.infer<typeof LifeState>;

/** Something that was done or happened here, kept for good and never changed. */
export const AuditEvent = z.object({
  /** Epoch ms. */
  at: z.number(),
  /** A login; `null` for the App itself. */
  by: z.string().nullable(),
  /** `state`: a step of the life of a decision. Others: a person's wish, or something the App has written. */
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

/** A step of the life of a decision, as an event. */
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

/** A wish, a text that was written or an alarm, as an event. */
export function audited(
  kind: 'wish' | 'written' | 'alarm',
  at: number,
  by: string | null,
  what: string,
  { decisionId = null, pullNumber = null }: AuditedMatter = {},
): AuditEvent {
  return { at, by, kind, from: null, to: null, decisionId, pullNumber, what };
}
