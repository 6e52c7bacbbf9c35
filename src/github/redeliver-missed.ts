import { type GitHubClient, PER_PAGE } from './client.ts';

/** Deliveries looked through at most, in pages: GitHub keeps three days of them. */
const MOST_PAGES = 100;
/** What fails this often does not fail for want of another attempt. */
const MOST_ATTEMPTS = 5;

/** Deliveries that arrived and are lost all the same, as their records are damaged. */
export interface LostDeliveries {
  /** When they arrived, epoch ms. */
  readonly spans: readonly { readonly from: number; readonly to: number }[];
  /** Whether a delivery of that guid is kept. */
  knows(guid: string): boolean;
}

interface Told {
  readonly newestId: number;
  readonly attempts: number;
  readonly arrived: boolean;
}

/**
 * Asks GitHub to send again what never arrived: it does not do so by itself. What we have refused stays refused.
 * `client` is the App's own. What arrived and is `lost` counts as missed. Returns how many deliveries were asked for.
 */
export async function redeliverMissed(client: GitHubClient, lost?: LostDeliveries): Promise<number> {
  const told = new Map<string, Told>();
  let pages = 0;
  const listed = client.paginate.iterator(client.rest.apps.listWebhookDeliveries, { per_page: PER_PAGE });
  for await (const { data } of listed) {
    // Newest first; attempts of one delivery share its guid.
    for (const { id, guid, status_code, delivered_at } of data) {
      const known = told.get(guid);
      const isThere = !isMissed(status_code) && !isLost(lost, guid, Date.parse(delivered_at));
      told.set(guid, {
        newestId: known?.newestId ?? id,
        attempts: (known?.attempts ?? 0) + 1,
        arrived: known?.arrived === true || isThere,
      });
    }
    pages += 1;
    if (pages >= MOST_PAGES) break;
  }
  const missed = [...told.values()].filter(({ arrived, attempts }) => !arrived && attempts < MOST_ATTEMPTS);
  // Oldest first, in the order in which things happened.
  for (const { newestId } of missed.toReversed()) {
    await client.rest.apps.redeliverWebhookDelivery({ delivery_id: newestId });
  }
  return missed.length;
}

/** Nobody answered, or whoever did had a fault of its own. */
function isMissed(statusCode: number): boolean {
  return statusCode === 0 || statusCode >= 500;
}

function isLost(lost: LostDeliveries | undefined, guid: string, at: number): boolean {
  const arrivedThen = lost?.spans.some(({ from, to }) => from <= at && at <= to) === true;
  return arrivedThen && lost?.knows(guid) === false;
}
