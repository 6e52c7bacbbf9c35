/** First minute of the day at which a cron ticks, where its first two fields are plain numbers; else `null`. */
export function minuteOfDay(cron: string): number | null {
  const found = /^(\d{1,2}) (\d{1,2}) /.exec(cron);
  return found === null ? null : Number(found[2]) * 60 + Number(found[1]);
}
