/** What can be amiss while deliveries are accepted; the names are those of the metric `offbeat_degraded`. */
export const CONDITIONS = [
  'stop-unreadable',
  'stop-unkept',
  'app-refused',
  'github-away',
  'app-misconfigured',
  'queue-stuck',
  'documents-unwritten',
] as const;

export type ConditionName = (typeof CONDITIONS)[number];

/** Something that is amiss, with a sentence for the operator. */
export interface Condition {
  readonly name: ConditionName;
  readonly sentence: string;
}
