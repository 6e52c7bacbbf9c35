/** A sentence as it goes on after a colon. Names such as GitHub, and acronyms, keep their capitals. */
export function lowerFirst(sentence: string): string {
  return /^[A-Z]\w*[A-Z]/.test(sentence) ? sentence : sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
