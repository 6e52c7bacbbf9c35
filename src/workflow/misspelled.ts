import { isMap, isSeq, type Scalar, type YAMLMap } from 'yaml';
import { readableCron } from '../cron/readable-cron.ts';
import { isTimezone } from '../cron/timezone.ts';
import { nearestWord } from '../nearest-word.ts';
import { childOf, itemsOf, scalarText } from './entries.ts';

/** Keys that GitHub knows at the top of a workflow. */
const ROOT_KEYS = ['name', 'run-name', 'on', 'permissions', 'env', 'defaults', 'concurrency', 'jobs'];

/** Events that trigger workflows, beside `schedule`: what is one of them is no misspelled `schedule`. */
const OTHER_EVENTS = (
  'branch_protection_rule check_run check_suite create delete deployment deployment_status discussion ' +
  'discussion_comment fork gollum image_version issue_comment issues label merge_group milestone page_build project ' +
  'project_card project_column public pull_request pull_request_comment pull_request_review ' +
  'pull_request_review_comment pull_request_target push registry_package release repository_dispatch status watch ' +
  'workflow_call workflow_dispatch workflow_run'
).split(' ');

/** What people write for `schedule` that is not near to it. */
const CRON_WORD = /^cron(?:s|tab)?$/i;

const ENTRY_KEYS = ['cron', 'timezone'] as const;

/** The key of a schedule's entry that an unknown one stands for, by its name or its value. */
export function entryKeyMeantBy(key: Scalar, entry: YAMLMap): (typeof ENTRY_KEYS)[number] | undefined {
  const missing = ENTRY_KEYS.filter((one) => childOf(entry, one) === undefined);
  const text = scalarText(childOf(entry, String(key.value))) ?? '';
  const isCron = readableCron({ cron: text, timezone: 'UTC' }) !== null;
  const byValue = isCron ? 'cron' : isTimezone(text) ? 'timezone' : undefined;
  const near = nearestWord(String(key.value), missing);
  return missing.find((one) => one === (byValue ?? near));
}

/** Whether a trigger that GitHub does not know is most likely meant as `schedule`, by its name or its entries. */
export function isMeantAsSchedule(name: unknown, value?: unknown): boolean {
  const text = String(name);
  if (OTHER_EVENTS.includes(text) || text === 'schedule') return false;
  return (
    CRON_WORD.test(text) ||
    nearestWord(text, [...OTHER_EVENTS, 'schedule']) === 'schedule' ||
    holdsCrons(value)
  );
}

/** Whether an unknown key at the top of a file is most likely meant as `on`: the schedule stands below it. */
export function isMeantAsOn(key: Scalar, value: unknown): boolean {
  const text = String(key.value);
  if (ROOT_KEYS.includes(text)) return false;
  if (isMap(value)) return holdsCrons(childOf(value, 'schedule'));
  const isNamed = itemsOf(value).some((one) => scalarText(one) === 'schedule');
  return isNamed && nearestWord(text, ROOT_KEYS) === 'on';
}

/** Whether a node is a list with the entries of a schedule. */
function holdsCrons(node: unknown): boolean {
  return isSeq(node) && node.items.some((item) => isMap(item) && childOf(item, 'cron') !== undefined);
}
