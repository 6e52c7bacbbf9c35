import { anyOf, either, regex } from '../either.ts';

/** A length of time as people write it: `2 h`, `an hour`, `30 minutes`. */
const SPAN =
  String.raw`(?:\d+(?:[.,]\d+)?|an?|one|two|three|four|five|six|ten|some|a few|a couple of|half an)\s*-?\s*` +
  '(?:h|hrs?|hours?|m|mins?|minutes?|days?|Stunden?|Minuten?|heures?|horas?)';
/** The same within a day: whichever hour it is, days before or after something stay the same days. */
const SPAN_OF_DAY = SPAN.replace('|days?', '');
/** Words that put one thing behind or ahead of another. */
const BEHIND = /after|before|behind|ahead of|prior to|later than|earlier than/;
/** Five fields of a cron, not all of them stars. */
const CRON = /(?=[^a-z]*\d)(?:[\d*][\d*,/-]*\s+){4}[\d*]/;
const TIME = /(?:\d{1,2}(?:[:.h]\d{2})?\s?(?:[ap]\.?m\b\.?)?|midnight|noon)/;

/** What no other workflow is named by, behind `after` and `before`. */
const NO_OTHER = either(
  'u',
  /all(?! (?:the|our|other|\p{Lu}|[\p{L}\d]+ (?:jobs|runs|builds)))/u,
  /and\b|that\b|(?:the|each|every) (?:top of the )?hour\b|merg|chang|edit/u,
).source;

/** Words that ask to leave the time as it is, whatever it depends on. */
const STAY = /\b(?:do not|don['’]t|never) (?:move|change|touch)\b/i;

/** A time of day that is nothing else: with minutes, half of the day, or a word behind it. */
const CLOCK = anyOf(
  String.raw`\d{1,2}[:h]\d{2}(?!\d)|\d{1,2}(?:\.\d{2})?\s?(?:[ap]\.?m|h|Uhr|uur)\b`,
  'midnight|noon|midday|Mitternacht|minuit|midi',
);

/** Words right before a time that somebody else sets, by language. */
const BEFORE_A_TIME = anyOf(
  'vor|nach|bis|spätestens',
  "avant|après|jusqu['’]à",
  'hasta|antes de|después de',
  'até|antes das|depois das|após',
  'prima delle|dopo le|entro',
  'voor|na|tot',
  'przed|po',
  'före|efter|innan',
  'до|после',
);

/** Words that bind a schedule to what happens elsewhere, by language. */
const ONCE = anyOf(
  'as soon as',
  'sobald|erst wenn',
  'dès que|une fois que',
  'en cuanto|una vez que',
  'assim que|uma vez que',
  'non appena|una volta che',
  'zodra',
  'как только',
);

/** Words for schedules that come in each other's way, by language. */
const COLLIDE = anyOf(
  String.raw`(?:clash|colli[ds]|(?<!merge )conflict|compet|interfer|contend|coincid|overlap)\w*\s+with`,
  String.raw`(?:kollid|überschneid)\p{L}*`,
  String.raw`(?:chevauch|entrer en conflit)\p{L}*`,
  String.raw`(?:chocar|solap|coincidir)\p{L}*`,
  String.raw`sovrappo\p{L}*`,
);

/** What is no other schedule: busy hours, and those who make them busy. */
const BUSY_HOURS = anyOf(
  '(?:the |all |any |every )?(?:top|full|start|hour|peak|rush|busy|high|load|traffic|everyone|everybody|midnight)',
  '(?:the )?(?:other )?(?:people|users|projects|github)',
  String.raw`:?\d`,
);

/** Verbs of what happens elsewhere: `upstream publishes at 01:30`. */
const HAPPENS = anyOf(
  'publishes|arrives|lands|finishes|ends|refreshes|delivers|expires|generates|closes|opens|completes|rotates',
  '(?:is|are|becomes?|goes) (?:available|ready|out|online|live)',
);
/** Subjects of them that are the workflow itself. */
const OWN_SUBJECT = anyOf(
  'it|this|that|which|who|also|and|or|then|to|we|job|workflow|action|build|run|script|bot|cron|daily|nightly',
);

/** What a workflow itself opens or closes. */
const AN_ISSUE = '(?:an?|the|issues?|new|stale|old|pull|PRs?|source)\\b';

/** What a comment beside a cron says of its place among other things. Gaps are bounded. */
const BESIDE_THE_CRON: readonly RegExp[] = [
  regex('i')`\b${SPAN}\s+(?:${BEHIND.source}|following|past)\b(?! the (?:top of the )?hour\b)`,
  new RegExp(
    String.raw`(?<!\b(?:day|look|the) )\b(?:after|before|ahead of|prior to)\s+(?!${NO_OTHER})[\p{L}\d` +
      '`\'"]',
    'iu',
  ),
  new RegExp(
    String.raw`\b(?:offset|staggered|spaced|separate|apart)\s+(?:from|after|against)\b` +
      String.raw`(?! (?:the )?(?:top of the |full |start of the )?hours?\b| (?:minute |\W{0,2}:)\d)`,
    'i',
  ),
  /\b(?:earliest|latest|only)\s+(?:possible\s+)?(?:slot|time|hour|window|moment)\b/i,
  /\b(?:later|earlier|sooner)\s+than\b/i,
  regex('i')`\b(?:by|until)\s+(?:at\s+)?${TIME.source}(?![\w:])`,
  /\bin time for\b|\b(?:ready|done|finished|complete[ds]?)\s+(?:by|for|until)\b/i,
  new RegExp(
    String.raw`\b(?:once|when|until|as soon as)\b[^.;]{0,150}\b(?:is|are|has|have|was|were)?\s*` +
      String.raw`(?:finish(?:ed|es)?|done|complete[ds]?|ready|over|published|released|built)\b`,
    'i',
  ),
  /\bwait(?:s|ing)? for\b|\bdepends? on\b|\brel(?:y|ies) on\b/i,
  regex('i')`\bbetween\s+${TIME.source}(?:\s[A-Z]{2,4})?\s+and\s+\d`,
  /\b(?:maintenance|change|release|backup) window\b/i,
  /\bfollow(?:s|ing)\s+(?:the|our|\S+\.ya?ml)\b/i,
  /\b(?:giv(?:e|es|ing)|leav(?:e|es|ing)|allow(?:s|ing)?)\b[^.;]{0,150}\b(?:time|hours?|minutes?) (?:for|to)\b/i,
  /\b(?:exactly|precisely) (?:at|on)\b|\bmust (?:run|start|be) (?:at|on)\b/i,
  STAY,
  /\b(?:if|when(?:ever)?) (?:you|we) (?:change|move|edit) (?:this|the) (?:schedule|cron|time)\b/i,
  /\bspread evenly\b|\bevenly (?:spread|spaced|distributed)\b/i,
  regex('i')`\b(?:runs?|starts?|fires?|scheduled|builds?)\s+(?:\w+\s+)?at\s+.?${CRON.source}`,
  regex('iu')`(?<!\p{L})${ONCE}(?!\p{L})`,
  new RegExp(
    String.raw`\b(?:once (?!(?:an?|per|every|each|in|on|at|daily|weekly)\b)|when )[^.;]{0,150}\b(?:` +
      String.raw`(?:is|are|has|have|was|were|gets) (?:\w+ )?(?:through|available|online|live|up|in$)|` +
      String.raw`(?:opens|closes|arrives|lands|ends)(?! ${AN_ISSUE}))\b`,
    'i',
  ),
  regex('iu')`(?<!\p{L})${COLLIDE}(?!\p{L})(?! ${BUSY_HOURS})`,
  /\bstagger(?:ed|ing|s)?\b(?![^.;]{0,150}\b(?:top of|full hour|rush|peak|load|on the hour)|[^.;]{0,150} :\d)/i,
  regex('i')`\b(?:spread|keeps?|kept|stays?|steers?) (?:out|away|clear|apart) (?:from|of) (?!${BUSY_HOURS})`,
  new RegExp(
    String.raw`\b(?:must|has to|have to|needs? to) (?:run|start|begin|be)\b[^.;]{0,20}` +
      String.raw`\b(?:when|while|once|during|within)\b`,
    'i',
  ),
  new RegExp(
    String.raw`\b(?:markets?|exchange|shops?|stores?|offices?|trading|api|registry)\s` +
      String.raw`(?:is |are )?(?:only )?(?:opens?|opening|closed?|closes|closing)\b(?! ${AN_ISSUE})`,
    'i',
  ),
  new RegExp(
    String.raw`\b(?:needs?|requires?|uses?|consumes?|expects?|reads?|picks? up) ` +
      String.raw`(?:[^.;]{0,150}\bfrom (?:the )?|the )${CLOCK}`,
    'i',
  ),
  /\b(?:needs|requires) [^.;]{0,150}\b(?:data|outputs?|results?|exports?|dumps?|artifacts?) (?:from|of)\b/i,
  new RegExp(
    String.raw`(?<![^\s(])(?!${OWN_SUBJECT} )[\p{L}\d.-]+ ${HAPPENS} (?:\S+ ){0,4}?` +
      `at (?:about |around )?${CLOCK}`,
    'iu',
  ),
  regex('iu')`(?<!\p{L})(?<!\d(?: ?(?:h|Uhr|uur))? )${BEFORE_A_TIME} (?:(?:um|las|le|às|as) \d|${CLOCK})`,
  either(
    'i',
    /\b(?:in sync|aligned|together) with\b|\bnot overlap\b/,
    /\bsame (?:time |hour |schedule |cron )?as\b(?! (?:above|below|before|ever)\b)/,
  ),
  /\b(?:nach|vor) (?:de[mnr]|dem)\b|\b(?:après|avant) (?:le|la|les|l’|l')|\b(?:después|antes) (?:de|del)\b/iu,
  /\b(?:depois|antes) d[aeo]s?\b|(?<!\p{L})após [oa]s?\b/iu,
  /\b(?:dopo|prima del?)\s(?:i|il|la|le|lo|gli|l['’])|\bna de\b/iu,
  /(?<!\p{L})(?:после|перед|до того)(?!\p{L})|(?<!\p{L})(?:sonra|önce)(?!\p{L})/iu,
  /직후|직전|이후|완료 후|끝난 (?:후|뒤)|之[后後前]|以[后後前]|(?:完了|終了|時間|分|の)後(?!\p{Script=Hiragana}*[0-9])|の前に|までに/u,
];

/** The same for comments farther off, at the head of the file: only what can hardly mean anything else. */
const FARTHER_OFF: readonly RegExp[] = [
  new RegExp(
    String.raw`\b${SPAN_OF_DAY}\s+(?:${BEHIND.source})\s+(?:the|our|its|\S+\.ya?ml)\b` +
      String.raw`(?! (?:top of the )?hour\b)`,
    'i',
  ),
  /\b(?:runs?|starts?|scheduled|triggered|kicks? off)\b[^.;]{0,150}\b(?:after|before)\s+(?:the|our|\S+\.ya?ml)\b/i,
  /\boffset from (?!the (?:top of the )?hour)/i,
];

/** Longest words that a refusal quotes. */
const MOST_QUOTED = 80;
/** How much is quoted of what stands before the words that say it. */
const LEAD = 30;

/** The words of a comment beside a cron on what its time depends on; `undefined` where it has none. */
export function orderInComment(comment: string): string | undefined {
  return saidIn(comment, BESIDE_THE_CRON);
}

/** Whether such words ask to leave the time as it is, and name nothing that it depends on. */
export function asksToStay(words: string): boolean {
  return orderInComment(words.replace(STAY, '…')) === undefined && STAY.test(words);
}

/** The words of `orderInComment` in a comment that stands at the head of the file. */
export function orderInHeadComment(comment: string): string | undefined {
  return saidIn(comment, FARTHER_OFF);
}

/** Characters of a comment that are looked at: some patterns take the square of them. */
const MAX_SEARCHED = 10_000;

function saidIn(written: string, patterns: readonly RegExp[]): string | undefined {
  const comment = written.slice(0, MAX_SEARCHED);
  const found = patterns.map((pattern) => pattern.exec(comment)).find((match) => match !== null);
  return found === undefined ? undefined : clauseAround(comment, found.index, found[0].length);
}

/** The sentence or clause that holds a place, without what would make it too long. */
function clauseAround(text: string, at: number, length: number): string {
  const before = text.slice(0, at);
  const start = Math.max(
    ...[...before.matchAll(/[.;]\s|\(\s?/g)].map(({ index, 0: sign }) => index + sign.length),
    0,
  );
  const end = /[.;)](?:\s|$)/.exec(text.slice(at + length))?.index ?? text.length;
  const inside = text.slice(start, at + length + end);
  // A parenthesis that opens within the clause closes in it.
  const isOpen = inside.lastIndexOf('(') > inside.lastIndexOf(')') && text[at + length + end] === ')';
  const clause = `${inside.trim()}${isOpen ? ')' : ''}`;
  if (clause.length <= MOST_QUOTED) return clause;
  // Whole words, with some of those before.
  const from = Math.max(start, text.indexOf(' ', Math.max(start, at - LEAD)) + 1);
  const cut = text.slice(Math.min(from, at), at + length + end);
  return cut.length <= MOST_QUOTED
    ? cut.trim()
    : cut
        .slice(0, MOST_QUOTED)
        .replace(/\s+\S*$/, '')
        .trim();
}
