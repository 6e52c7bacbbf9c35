import type { Config, OnTimeMode } from '../../config/config.ts';
import { onTimeRules } from '../../config/on-time.ts';
import type { OnTimeWorkflow } from '../../render/check-view.ts';
import type { OnTimeChangeRow } from '../../render/on-time-proposal.ts';
import { type DispatchTerms, findDispatchObstacles } from '../../workflow/dispatch-obstacles.ts';
import { restoreTriggers } from '../../workflow/edit-triggers.ts';
import { keepsSchedule } from '../../workflow/kept-schedule.ts';
import { type NetTerms, netTermsOf } from '../../workflow/net-file.ts';
import { NET_PATH } from '../../workflow/paths.ts';
import type { TextFile } from '../../workflow/reached.ts';
import type { Schedule, WorkflowFile } from '../../workflow/schedule.ts';
import type { WantedOnTime } from '../on-time/on-time-edits.ts';
import { type OnTimeEdits, onTimeEdits } from '../on-time/on-time-edits.ts';
import { termsUnder } from '../on-time/rules-of-file.ts';
import type { SourceFile } from '../ports.ts';

/** What the files say of starting one workflow on its minute, and who has asked for it. */
export interface OnTimeRequest extends WantedOnTime {
  /** Those of the file, also where they were taken out and stand in comments. */
  readonly schedules: readonly Schedule[];
}

/**
 * Each workflow with schedules, and what stands in the way of starting it on its minute, as far as its files tell.
 * `commandedFor`: what a command has asked for of a path.
 */
export function onTimeRequests(
  sources: readonly TextFile[],
  config: Config,
  commandedFor: (path: string) => OnTimeMode | null = () => null,
): readonly OnTimeRequest[] {
  const asked = new Map<string, Pick<OnTimeRequest, 'rules' | 'schedules'>>();
  const termsFor = (file: WorkflowFile): DispatchTerms => {
    const { path, schedules } = file;
    const rules = onTimeRules(config, path, { ...file, commanded: commandedFor(path) });
    asked.set(path, { rules, schedules });
    return termsUnder(rules);
  };
  return [...findDispatchObstacles(sources, termsFor)].flatMap(([path, obstacles]) => {
    const request = asked.get(path);
    return request === undefined ? [] : [{ path, ...request, obstacles }];
  });
}

/** The same as it is shown. */
export function onTimePossible(sources: readonly TextFile[], config: Config): readonly OnTimeWorkflow[] {
  return onTimeRequests(sources, config).map(shownRequest);
}

export function shownRequest({ path, rules, obstacles }: OnTimeRequest): OnTimeWorkflow {
  const possible = obstacles.every(({ kind }) => kind === 'warning');
  return { path, mode: rules.mode, possible, obstacles: [...obstacles] };
}

/** What the pull request of on time would change. */
export interface OnTimePreview extends OnTimeEdits {
  readonly rows: readonly OnTimeChangeRow[];
  /** Workflows that are on time already, although no file asks for it. */
  readonly byCommand: readonly string[];
  /** Whether the name of the App is a guess. */
  readonly isAppGuessed: boolean;
}

/** The App's name where nobody has told it. */
const USUAL_APP = 'offbeat';

/**
 * What the pull request of on time would change, as far as the files tell; `moving` files wait for another pull
 * request. `appSlug` is the App's name in addresses, `null` for that of the present net. Throws `workflow-refused`.
 */
export function previewOnTime(
  files: readonly SourceFile[],
  config: Config,
  moving: ReadonlySet<string>,
  appSlug: string | null,
): OnTimePreview {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const commandedFor = (path: string): OnTimeMode | null => modeOfTriggers(path, texts.get(path) ?? '');
  const requests = onTimeRequests(files, config, commandedFor);
  const present = netTermsOf(texts.get(NET_PATH) ?? '');
  const terms: NetTerms = {
    appSlug: appSlug ?? present?.appSlug ?? USUAL_APP,
    action: present?.action,
  };
  const wishes = requests.filter(({ rules }) => rules.mode !== 'off');
  const edits = onTimeEdits(files, wishes, moving, terms);
  const schedules = new Map(requests.map((request) => [request.path, request.schedules]));
  return {
    ...edits,
    rows: edits.served.changes.map((change) => ({ ...change, schedules: schedules.get(change.path) ?? [] })),
    byCommand: wishes.filter(({ rules }) => rules.said === 'command').map(({ path }) => path),
    isAppGuessed: appSlug === null && present === null,
  };
}

/** How a file is started by what Offbeat has written into it; `null` where it has written nothing. */
function modeOfTriggers(path: string, text: string): OnTimeMode | null {
  if (keepsSchedule(text)) return 'punctual';
  return restoreTriggers(path, text) === text ? null : 'rescue';
}
