import type { Config } from '../../config/config.ts';
import { CONFIG_PATH, placeOfKey } from '../../config/parse.ts';
import { rulesOfWorkflow } from '../../config/rules.ts';
import type { Finding } from '../../render/check-view.ts';
import { fileName } from '../../render/move-words.ts';
import type { DispatchObstacle } from '../../workflow/dispatch-obstacles.ts';
import { finding, type Place } from './check-findings.ts';
import type { OnTimeRequest } from './on-time-possible.ts';

export interface OnTimeLook {
  readonly requests: readonly OnTimeRequest[];
  readonly config: Config;
  /** The configuration as it is written, for places in it. */
  readonly configText: string;
  /** What was found otherwise: an error that stands there already is not repeated. */
  readonly found: readonly Finding[];
}

/** What keeps workflows from being started on time although a directive or the configuration asks for it. */
export function onTimeFindings({ requests, config, configText, found }: OnTimeLook): readonly Finding[] {
  const errors = new Set(found.filter(({ level }) => level === 'error').map(lineKey));
  const asked = requests.filter(({ rules }) => rules.mode !== 'off');
  const [first] = asked;
  return [
    ...asked.flatMap((request) =>
      request.obstacles
        .filter(
          (one) => one.kind === 'blocking' && !(one.code === 'file-refused' && errors.has(lineKey(one))),
        )
        .map((obstacle) =>
          finding('on-time-blocked', placeOf(request, obstacle), blockedMessage(request, obstacle, config)),
        ),
    ),
    ...(first === undefined || config.mode === 'suggest'
      ? []
      : [finding('on-time-observed', modePlace(first, config, configText), observedMessage(config))]),
  ];
}

function lineKey({ path, line }: Pick<Finding, 'path' | 'line'>): string {
  return `${path}:${line}`;
}

/** Where the obstacle stands in the workflow itself; for one in another file, where the workflow is asked for. */
function placeOf({ path, schedules }: OnTimeRequest, obstacle: DispatchObstacle): Place {
  if (obstacle.path === path) return { path, line: obstacle.line, column: 1 };
  const [schedule] = schedules;
  return { path, line: schedule?.line ?? 1, column: schedule?.column ?? 1 };
}

function blockedMessage(request: OnTimeRequest, obstacle: DispatchObstacle, config: Config): string {
  const isGeneral =
    request.rules.said === 'config' && rulesOfWorkflow(config, request.path)['on-time'] === undefined;
  const who =
    request.rules.said === 'directive'
      ? 'the directive `punctual`'
      : `\`on-time: ${request.rules.mode}\` in ${CONFIG_PATH}`;
  const place = obstacle.path === request.path ? '' : `${obstacle.path}:${obstacle.line}: `;
  const leave = isGeneral ? ' Or write `on-time: off` for this file under `workflows`.' : '';
  const mend = [`${place}${obstacle.sentence}`, obstacle.fix].join(' ').trim();
  return `It cannot be on time, as ${who} asks. ${mend}${leave}`;
}

function modePlace(request: OnTimeRequest, config: Config, configText: string): Place {
  const { path, line, column } = { path: request.path, line: 1, column: 1, ...request.schedules[0] };
  if (config.mode !== undefined) return { path: CONFIG_PATH, ...placeOfKey(configText, ['mode']) };
  if (request.rules.said === 'directive') return { path, line, column };
  const own = Object.keys(config.workflows).find((key) => fileName(key) === fileName(path));
  const keys =
    own === undefined || config['on-time'] !== undefined ? ['on-time'] : ['workflows', own, 'on-time'];
  return { path: CONFIG_PATH, ...placeOfKey(configText, keys) };
}

function observedMessage({ mode }: Config): string {
  return mode === undefined
    ? 'Workflows are asked to be on time, and nothing is started in `mode: observe`, the default: write ' +
        '`mode: suggest`, unless somebody gives the command /suggest.'
    : `Workflows are asked to be on time, and nothing is started in \`mode: ${mode}\`: write \`mode: suggest\`.`;
}
