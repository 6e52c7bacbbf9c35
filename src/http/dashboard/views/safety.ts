import { currentDecision } from '../../../proposal/current-decision.ts';
import type { Mode } from '../../../proposal/proposal.ts';
import { refusalSentences } from '../../../proposal/refusal-records.ts';
import { type ConfiguredMode, modeInForce } from '../../../usecases/configured-mode.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';

/** Most entries of the audit that are listed. */
const AUDIT_SHOWN = 20;

/** Everything that can stop Offbeat in a repository, and what was done there. */
export function safetyView(
  state: RepositoryState,
  query: { readonly emergencyStop: boolean; readonly configured: ConfiguredMode; readonly now: number },
) {
  const { care, audit, damage, profile } = state;
  const mode = modeInForce(query, state, query.configured);
  const newest = currentDecision(state, { now: query.now, mode: mode.mode });
  const { snoozedUntil } = care;
  return {
    mode,
    switches: switchesOf(profile.commandedMode, query),
    /** Gates of the newest decision; empty where nothing was decided. */
    gates: newest?.gates ?? [],
    gatesAt: newest?.at ?? null,
    leftAlone: care.leftAlone,
    snoozedUntil: snoozedUntil !== null && snoozedUntil > query.now ? snoozedUntil : null,
    /** Newest first. */
    audit: audit.slice(-AUDIT_SHOWN).reverse(),
    damage,
    /** What GitHub refuses here, in sentences. */
    refusals: refusalSentences(profile.refusals, query.now),
  };
}

export type SafetyView = ReturnType<typeof safetyView>;

/** Everything that can set the mode, the strongest first; the first that says something is in force. */
function switchesOf(
  commanded: Mode | null,
  { emergencyStop, configured }: { readonly emergencyStop: boolean; readonly configured: ConfiguredMode },
) {
  const isPaused = commanded === 'pause';
  const switches = [
    { name: 'Emergency stop of the operator', says: emergencyStop ? 'set' : null, silent: 'not set' },
    { name: 'A maintainer’s pause', says: isPaused ? 'set' : null, silent: 'not set' },
    { name: 'mode in .github/offbeat.yml', says: configured, silent: 'says nothing' },
    { name: 'A maintainer’s command', says: isPaused ? null : commanded, silent: 'none' },
    { name: 'Default', says: 'observe', silent: '' },
  ];
  const inForce = switches.find(({ says }) => says !== null);
  return switches.map((one) => ({
    name: one.name,
    value: one.says ?? one.silent,
    inForce: one === inForce,
  }));
}
