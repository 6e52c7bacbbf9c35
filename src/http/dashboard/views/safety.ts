import type { GateResult } from '../../../plan/decision.ts';
import type { AuditEvent } from '../../../proposal/audit.ts';
import { currentDecision } from '../../../proposal/current-decision.ts';
import type { LeftAlone } from '../../../proposal/maintainer-settings.ts';
import type { EffectiveMode } from '../../../proposal/mode.ts';
import type { Mode } from '../../../proposal/proposal.ts';
import { refusalSentences } from '../../../proposal/refusal-records.ts';
import { type ConfiguredMode, modeInForce } from '../../../usecases/configured-mode.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';

/** Most entries of the audit that are listed. */
const AUDIT_SHOWN = 20;

export interface SafetyView {
  readonly mode: EffectiveMode;
  /** Everything that can set the mode, with its value; the strongest first. */
  readonly switches: readonly {
    readonly name: string;
    readonly value: string;
    readonly inForce: boolean;
  }[];
  /** Gates of the newest decision; empty where nothing was decided. */
  readonly gates: readonly GateResult[];
  readonly gatesAt: number | null;
  readonly leftAlone: readonly LeftAlone[];
  readonly snoozedUntil: number | null;
  /** Newest first. */
  readonly audit: readonly AuditEvent[];
  readonly damage: readonly string[];
  /** What GitHub refuses here, in sentences. */
  readonly refusals: readonly string[];
}

/** Everything that can stop Offbeat in a repository, and what was done there. */
export function safetyView(
  state: RepositoryState,
  query: { readonly emergencyStop: boolean; readonly configured: ConfiguredMode; readonly now: number },
): SafetyView {
  const { care, audit, damage, profile } = state;
  const mode = modeInForce(query, state, query.configured);
  const newest = currentDecision(state, { now: query.now, mode: mode.mode });
  const { snoozedUntil } = care;
  return {
    mode,
    switches: switchesOf(profile.commandedMode, query),
    gates: newest?.gates ?? [],
    gatesAt: newest?.at ?? null,
    leftAlone: care.leftAlone,
    snoozedUntil: snoozedUntil !== null && snoozedUntil > query.now ? snoozedUntil : null,
    audit: audit.slice(-AUDIT_SHOWN).reverse(),
    damage,
    refusals: refusalSentences(profile.refusals, query.now),
  };
}

function switchesOf(
  commanded: Mode | null,
  { emergencyStop, configured }: { readonly emergencyStop: boolean; readonly configured: ConfiguredMode },
): SafetyView['switches'] {
  const paused = commanded === 'pause';
  const asked = commanded !== null && !paused;
  return [
    {
      name: 'Emergency stop of the operator',
      value: emergencyStop ? 'set' : 'not set',
      inForce: emergencyStop,
    },
    { name: 'A maintainer’s pause', value: paused ? 'set' : 'not set', inForce: !emergencyStop && paused },
    {
      name: 'mode in .github/offbeat.yml',
      value: configured ?? 'says nothing',
      inForce: !emergencyStop && !paused && configured !== null,
    },
    {
      name: 'A maintainer’s command',
      value: asked ? commanded : 'none',
      inForce: !emergencyStop && !paused && configured === null && asked,
    },
    {
      name: 'Default',
      value: 'observe',
      inForce: !emergencyStop && !paused && configured === null && !asked,
    },
  ];
}
