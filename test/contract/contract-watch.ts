import type { Answer, Exchange } from '../../src/demo/exchange.ts';
import type { Delivery } from '../../src/demo/hook-deliveries.ts';
import { offencesOf } from './github-contract.ts';
import { wrongInWebhook } from './webhook-schemas.ts';

/** Operations that are not in `contract.json`, and why they may be asked. */
const OUTSIDE: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /^GET \/users\/[^/]+$/, why: 'GitHub has it, the extract does not; the account of a sign-off.' },
  { pattern: /^GET \/app\/hook\/config$/, why: 'GitHub has it, the extract does not; read by `doctor`.' },
  {
    pattern: /^GET \/repos\/[^/]+\/[^/]+\/environments$/,
    why:
      'GitHub has it ("List environments", actions: read), the extract does not. The answer, by its documentation: ' +
      '`environments`, each with `name` and `protection_rules`, whose `type` is `required_reviewers`, `wait_timer`, ' +
      '`branch_policy`, or that of an App.',
  },
  {
    pattern: /^GET \/repos\/[^/]+\/[^/]+\/actions\/oidc\/customization\/sub$/,
    why:
      'GitHub has it ("Get the customization template for an OIDC subject claim for a repository", actions: read), ' +
      'the extract does not. The answer, by its documentation: `use_default`, and `include_claim_keys` where the ' +
      'repository has a template of its own.',
  },
  { pattern: /^POST \/graphql$/, why: 'It is no part of the REST API that the extract is of.' },
];

/** What GitHub describes otherwise than it answers, and how it answers. */
const MISDESCRIBED: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  {
    pattern: /^GET \/app\/installations, answer: 200\[\]\.account /,
    why: 'Described as a user and an enterprise in one (`allOf`); it is either, as in `GET /user/installations`.',
  },
];

/**
 * Holds every request to the emulated GitHub, and its answers, against GitHub's own description. A request of the App's
 * that does not fit is a fault of Offbeat's; one of people is a test's; an answer that does not fit is the emulation's.
 */
export class ContractWatch {
  readonly #offences = new Set<string>();

  readonly observe = (exchange: Exchange, answer: Answer): void => {
    const offences = offencesOf(exchange, answer);
    const asked = `${exchange.method} ${exchange.path}`;
    if (offences === null && !OUTSIDE.some(({ pattern }) => pattern.test(asked))) {
      this.#offences.add(`${asked} is no operation of GitHub's`);
    }
    for (const { operation, side, what } of offences ?? []) {
      const offence = `${operation}, ${side}: ${what}`;
      if (!MISDESCRIBED.some(({ pattern }) => pattern.test(offence))) this.#offences.add(offence);
    }
  };

  /** Throws where something did not fit, or one of the webhooks that were sent does not. */
  assertKept(sent: readonly Pick<Delivery, 'event' | 'payload'>[] = []): void {
    for (const { event, payload } of sent) {
      for (const what of wrongInWebhook(event, payload)) this.#offences.add(`webhook ${what}`);
    }
    if (this.#offences.size === 0) return;
    throw new Error(`Not as GitHub describes it:\n${[...this.#offences].sort().join('\n')}`);
  }
}
