export interface RefusalDetails {
  /** 1-based; both or neither. */
  readonly line?: number;
  readonly column?: number;
  /** What exactly was found, as the end of a clause: `"0 25 * * *" has hour 25`. */
  readonly detail?: string;
  /** How to mend exactly this, one or more sentences; the code's own instruction where left out. */
  readonly mend?: string | undefined;
}

/** By code: what stands in the way, as a clause, and how the maintainer makes the schedule movable. */
const WORDING = {
  'alias-or-anchor': {
    what:
      'the entry is written with a YAML anchor, alias, tag or merge key, ' +
      'so that an edit could change other places too',
    mend: 'write the cron out as a plain or quoted string',
  },
  'block-scalar': { what: 'the cron stands on more than one line', mend: 'write it on one line, in quotes' },
  templated: { what: 'the cron comes from a template', mend: 'write the five fields out' },
  'both-day-fields': {
    what:
      'no move is known to keep the meaning, as the cron restricts the day of the month and the weekday, which ' +
      'GitHub joins by "or"',
    mend: 'restrict only one of the two and test the other one in a step, or write two entries',
  },
  'never-fires': { what: 'the cron names a date that never comes', mend: 'correct the day or the month' },
  'invalid-cron': { what: 'GitHub does not accept this schedule', mend: 'correct it' },
  'invalid-schedule': {
    what: 'GitHub does not accept the file, as `schedule` is incomplete, misspelled or in the wrong place',
    mend: 'write each entry as `- cron: "17 3 * * *"`',
  },
  'invalid-timezone': {
    what: 'the timezone is not a name of the IANA database',
    mend: 'write the IANA name of a place, as REGION/CITY',
  },
  'generated-file': {
    what: 'the file is generated, and an edit would be lost when it is generated again',
    mend: 'change the cron where the file is generated from',
  },
  'schedule-expression': {
    what: '`github.event.schedule` is used in a way that cannot be rewritten along with the cron',
    mend: "compare it directly, as in `github.event.schedule == '0 3 * * *'`",
  },
  'duplicate-keys': { what: 'a key stands twice in one mapping', mend: 'remove one of the two' },
  'unreadable-yaml': { what: 'the file cannot be read as YAML', mend: 'correct it there' },
  'multi-document': {
    what: 'the file holds more than one YAML document',
    mend: 'remove what follows the line with three dashes',
  },
  'alias-bomb': {
    what: 'the aliases of the file expand without a sensible bound',
    mend: 'write the repeated parts out',
  },
  'too-large': { what: 'the file is too large to be read', mend: 'split it' },
  'invalid-directive': {
    what: 'the `offbeat:` comment cannot be understood',
    mend: 'write for example `# offbeat: window=01:00-05:00 max-shift=30m`',
  },
  pinned: { what: 'the schedule is pinned to its time', mend: 'remove `pin` to let it move' },
  'written-order': {
    what: 'a comment says what its time depends on',
    mend:
      'say that with `after` in the configuration, or with a directive such as `# offbeat: ' +
      'window=01:00-05:00` beside the cron, to let it move within that',
  },
  'asked-to-stay': {
    what: 'a comment asks to leave it at its time',
    mend:
      'write `# offbeat: pin` beside the cron to say that in a form that no wording changes, or a directive such ' +
      'as `# offbeat: window=01:00-05:00` to let it move within that',
  },
  'in-step': {
    what: 'it and other schedules of its file tick at even intervals, which moving only this one would make uneven',
    mend: 'write a directive such as `# offbeat: max-shift=1h` beside the cron, where the intervals do not matter',
  },
  'same-cron': {
    what: 'the same cron stands twice in the file, for which GitHub starts one run, and a move of one would make two',
    mend: 'remove one of the two entries',
  },
  'near-midnight': {
    what: 'it reads the date or the hour, which would change at any other time',
    mend: 'write `allow-day-change: true` in the configuration, where that does not matter',
  },
  'left-alone': {
    what: 'a maintainer has asked to leave this workflow where it is',
    mend: 'comment `/unignore` with its name to take that back',
  },
  'on-time': {
    what: 'Offbeat is asked to start this workflow at its minute, and no other cron would make that more punctual',
    mend: 'set `on-time: off` to have it planned again',
  },
  'not-running': { what: 'it has no runs', mend: 'enable the workflow on GitHub to have it planned again' },
  'no-candidate': {
    what: 'no other time keeps the meaning of the cron within its window',
    mend: 'widen the window or `max-shift`',
  },
  unwritable: {
    what: 'Offbeat could not prove that an edit of this cron changes nothing else in the file',
    mend: 'look for other places in the file that name the cron',
  },
  'engines-disagree': {
    what: 'two cron engines expect different ticks of the new cron',
    mend: 'report it as a bug of Offbeat',
  },
} as const satisfies Readonly<Record<string, { readonly what: string; readonly mend: string }>>;

/** Why a schedule, or a whole file, may not be edited. */
export type RefusalCode = keyof typeof WORDING;
export const REFUSAL_CODES: readonly string[] = Object.keys(WORDING);

export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence for people: what, where, how to make it movable. */
  readonly sentence: string;
}

/** The refusal for a code: one sentence with the place (where known), what stands there, and how to mend it. */
export function refuse(code: RefusalCode, { line, column, detail, mend }: RefusalDetails = {}): Refusal {
  const wording = WORDING[code];
  const place = line === undefined ? '' : `line ${line}${column === undefined ? '' : `, column ${column}`}: `;
  const found = detail === undefined ? '' : ` (${detail})`;
  const remedy = mend === undefined ? `; ${wording.mend}.` : `. ${mend}`;
  const sentence = `${place}${wording.what}${found}${remedy}`;
  return { code, sentence: sentence.charAt(0).toUpperCase() + sentence.slice(1) };
}
