import type { GateResult } from '../plan/decision.ts';
import { DAY_MS } from '../time.ts';
import { AGAIN_AFTER_DAYS, jobSettingRefusedBy } from './fingerprint.ts';
import { askGeneralGates, count, type GateContext, gate, namingPulls, percent } from './gates.ts';
import type { JobSetting } from './proposal.ts';
import { mergedAt, wasMerged } from './state.ts';

/** A key that a job would get, and how sure it is (0–1) that this brings what is promised. */
export interface JobSettingWish {
  readonly jobKey: JobSetting;
  readonly confidence: number;
}

/** The results of all gates of a pull request that writes a key of a job, each with a sentence. */
export function askJobSettingGates(wish: JobSettingWish, context: GateContext): readonly GateResult[] {
  const own = [askConfidence, askDwell, askRefused].map((ask) => ask(wish, context));
  return [...askGeneralGates(context), ...own.map((result) => namingPulls(result, context.proposals))];
}

function askConfidence({ confidence }: JobSettingWish, { config }: GateContext): GateResult {
  const minimum = config['min-confidence'];
  return gate(
    'confidence',
    confidence >= minimum,
    `Confidence is ${percent(confidence)}; at least ${percent(minimum)} is asked for.`,
  );
}

/** One key a file at a time: the effects of two on its runs cannot be told apart. */
function askDwell({ jobKey: { path } }: JobSettingWish, { now, config, proposals }: GateContext): GateResult {
  const days = count(config['dwell-days'], 'day');
  const young = proposals.find(
    (proposal) =>
      proposal.jobKey?.path === path &&
      wasMerged(proposal) &&
      now - mergedAt(proposal) < config['dwell-days'] * DAY_MS,
  );
  return gate(
    'dwell',
    young === undefined,
    young === undefined
      ? `No job of this file was changed in the last ${days}.`
      : `#${young.pullNumber} has changed a job of \`${path}\` less than ${days} ago, which is measured first.`,
  );
}

function askRefused({ jobKey }: JobSettingWish, { proposals, now, asked = false }: GateContext): GateResult {
  const by = asked ? null : jobSettingRefusedBy(proposals, jobKey, now);
  const { key, job } = jobKey;
  const sentences = {
    none: asked ? 'Somebody has asked for it.' : 'Nobody has closed this proposal before.',
    bot:
      `A bot has closed a proposal of \`${key}\` for \`${job}\`; it is made once more after ${AGAIN_AFTER_DAYS} ` +
      'days.',
    person: `A maintainer has closed a proposal of \`${key}\` for \`${job}\`; \`/apply\` opens it again.`,
  };
  return gate('refused-before', by === null, sentences[by ?? 'none']);
}
