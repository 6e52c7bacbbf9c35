/** Seconds in a sentence: `45 s`, `1 minute`, `14 minutes`. */
export function durationText(seconds: number): string {
  const [whole, minutes] = [Math.round(seconds), Math.round(seconds / 60)];
  if (whole < 60) return `${whole} s`;
  return minutes === 1 ? '1 minute' : `${minutes.toLocaleString('en')} minutes`;
}
