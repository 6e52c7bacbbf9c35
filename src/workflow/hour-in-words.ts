import { either, regex } from '../either.ts';

/** Words before an hour of the day. Some also stand before a number of hours, as in `alle 3 Stunden`: see `HOURS`. */
const BEFORE_HOUR =
  'at|by|um|om|à|às|a las?|alle|dalle|o|ve|klo|kello|kl\\.?|klockan|klukka|saat|pukul|jam|lúc|godz\\.?|о|об|в|الساعة';
/** Words behind an hour of the day, mostly parts of it. */
const BEHIND_HOUR =
  'in the (?:morning|afternoon|evening)|at night|de la (?:mañana|tarde|noche|madrugada)|' +
  "du (?:matin|soir)|de l[’']après-midi|" +
  'd[ao] (?:manhã|tarde|noite|madrugada)|d(?:i|el) (?:mattino|mattina|sera|pomeriggio)|' +
  'w nocy|rano|wieczorem|ráno|večer|' +
  'ранку|вечора|ночи|ночі|вечера|дня|утра|pagi|siang|sore|malam|giờ(?: (?:sáng|chiều|tối))?|sabah|akşam|órakor|óra|' +
  "(?:morgens|abends|nachts)|uur(?: [’']s (?:nachts|ochtends|avonds))|बजे|صباحا|مساء|น\\.";
const COUNT = '(?:[01]?\\d|2[0-3])';
const IN_WORDS = '(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)';
const TEENS =
  '(?:thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?:[- ](?:one|two|three))?)';

/** An hour of the day in words, or in a form that `timesInComment` does not read. */
const HOURS: readonly RegExp[] = [
  new RegExp(
    `(?<=(?:^|[\\s(])(?:${BEFORE_HOUR})\\s)${COUNT}(?=\\s*(?:$|[,;)]|\\.(?:\\s|$)|['’])|\\s(?:heures?|uur)(?!\\p{L}))`,
    'giu',
  ),
  regex('giu')`(?<![\p{L}\d:.,])(?:${COUNT}|${IN_WORDS})\s?(?:${BEHIND_HOUR})(?!\p{L})`,
  regex('gi')`(?<![\w:.,+-])${COUNT}(?:\.[0-5]\d)?\s?(?:UTC|GMT)(?![\w+-])`,
  /(?<=(?:^|\s)at\s)(?:[01]\d|2[0-3])[0-5]\d(?=\s*(?:$|[,;)]|\.(?:\s|$)|(?:every|each|on|daily)\b))/gi,
  /(?<=\bT)(?:[01]\d|2[0-3]):[0-5]\d|\bhalb [a-zäöüß]{3,}\b|(?<![\w:.])(?:0?\d|1[0-2])\s?[ap]\.\s?m\./gi,
  regex('gi')`\b(?:(?:half|five|ten|twenty) past|quarter (?:past|to)) (?:${COUNT}|${IN_WORDS})(?![\w:])`,
  regex('gi')`\b${IN_WORDS}\s?(?:o\s?['’]?\s?clock|[ap]\.?m)\b`,
  regex('gi')`(?<=\bat )${IN_WORDS}(?=\s*(?:$|[,;)]|\.(?:\s|$)|(?:every|each|on|daily|sharp|UTC|GMT)\b))`,
  regex('gi')`\b(?:${IN_WORDS}|${TEENS}) hundred (?:hours|hrs|UTC|GMT)\b`,
  regex('gi')`(?<=\bat )${COUNT}\s(?:hours|hrs)\b`,
  regex('giu')`(?<![\w:.,/])${COUNT}(?:\s?[,/&]\s?${COUNT})+\s?(?:h|Uhr|uur)(?!\p{L})`,
  /(?<!\d)\d{1,2}：\d{2}|[０-９]{1,2}[:：][０-９]{2}/g,
  either(
    'giu',
    /(?<!\p{L})(?:mittags?|viertel (?:nach|vor) \p{L}+|kwart (?:over|voor) \p{L}+|half [a-z]+ uur)(?!\p{L})/u,
    /(?<!\p{L})(?:gece yarısı|nửa đêm|tengah malam|keskiyö\p{L}*|éjfél\p{L}*|půlnoc\p{L}*)(?!\p{L})/u,
    /(?<!\p{L})(?:опівночі|полуночи|منتصف الليل)(?!\p{L})/u,
  ),
];

/** Characters of a comment that are looked at: some patterns take the square of them. */
const MAX_SEARCHED = 10_000;

/** The first hour of the day that a comment names in a form that Offbeat cannot rewrite; `undefined` for none. */
export function hourInWords(comment: string): string | undefined {
  const searched = comment.slice(0, MAX_SEARCHED);
  const found = HOURS.flatMap((pattern) => [...searched.matchAll(pattern)]);
  return found.sort((a, b) => a.index - b.index)[0]?.[0];
}
