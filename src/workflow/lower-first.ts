/** A sentence with a lower-case first letter, to follow a colon. Names such as GitHub, and acronyms, keep capitals. */
export function lowerFirst(sentence: string): string {
  return /^[A-Z]\w*[A-Z]/.test(sentence) ? sentence : sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
