/** Adds the viewer's local time to every UTC time, and the difference between the two. */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const now = new Date(Number(document.body.dataset.now) || Date.now());
const offsetMinutes = -now.getTimezoneOffset();
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
});
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'short', hourCycle: 'h23' });

function localTimes(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>('time:not([data-local])')) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.dataset.local = '';
    const utc = document.createElement('small');
    utc.textContent = time.textContent;
    time.replaceChildren((time.dataset.form === 'time' ? timeOnly : full).format(at), ' ', utc);
  }
}

function localHours(): void {
  for (const cell of document.querySelectorAll<HTMLElement>('[data-hour]:not([data-local])')) {
    const minutes = (((Number(cell.dataset.hour) * 60 + offsetMinutes) % 1440) + 1440) % 1440;
    const two = (value: number): string => String(value).padStart(2, '0');
    const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    // The head of a table names the zone once for all of its rows.
    append(cell, cell.tagName === 'TH' ? ` ${time}` : ` (${time} in ${zone})`);
  }
}

function headZones(): void {
  for (const head of document.querySelectorAll<HTMLElement>('[data-zone]:not([data-local])')) {
    append(head, ` ${zone}`);
  }
}

function append(place: HTMLElement, text: string): void {
  place.dataset.local = '';
  const local = document.createElement('small');
  local.textContent = text;
  local.className = 'here';
  place.append(local);
}

function sayZone(): void {
  const place = document.querySelector('footer .zone');
  if (place !== null) place.textContent = `Times are yours (${zone}); those marked UTC are UTC.`;
}

function show(): void {
  // Nothing is added where the viewer's timezone is UTC.
  if (offsetMinutes === 0) return;
  localTimes();
  localHours();
  headZones();
}

show();
if (offsetMinutes !== 0) sayZone();
document.addEventListener('offbeat:shown', show);

export {};
