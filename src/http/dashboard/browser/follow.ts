/** Keeps the live parts of a page up to date: loads the page again when the server announces a change. */

const events = document.body.dataset.events;
/** Least time between two updates, since changes come in bursts. */
const PACE_MS = 1_000;

let asked = false;
let asking = false;

async function follow(): Promise<void> {
  if (asking) {
    asked = true;
    return;
  }
  asking = true;
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
    if (response.ok && !response.redirected) show(await response.text());
  } finally {
    setTimeout(() => {
      asking = false;
      if (!asked) return;
      asked = false;
      void follow();
    }, PACE_MS);
  }
}

function show(text: string): void {
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  let changed = false;
  for (const part of document.querySelectorAll<HTMLElement>('[data-live]')) {
    // A part that has the focus, or that was unfolded, is not replaced.
    if (part.contains(document.activeElement) && document.activeElement !== document.body) continue;
    const next = fresh.getElementById(part.id);
    if (next === null || next.dataset.live === undefined) continue;
    const sign = next.innerHTML;
    if (part.dataset.sign === sign) continue;
    const open = [...part.querySelectorAll('details')].map((one) => one.open);
    next.dataset.sign = sign;
    part.replaceWith(next);
    for (const [at, one] of [...next.querySelectorAll('details')].entries()) {
      if (open[at] !== undefined) one.open = open[at];
    }
    changed = true;
  }
  if (!changed) return;
  document.dispatchEvent(new Event('offbeat:shown'));
  say(`Updated ${new Date().toLocaleTimeString()}`);
}

function say(text: string): void {
  const status = document.querySelector('.live');
  if (status !== null) status.textContent = text;
}

let source: EventSource | undefined;

function listen(address: string): void {
  source = new EventSource(address);
  source.addEventListener('change', () => void follow());
  source.addEventListener('error', () => {
    // The browser connects again by itself, unless the server has refused.
    if (source?.readyState === EventSource.CLOSED) say('Not live: load the page again.');
  });
}

if (events !== undefined && document.querySelector('[data-live]') !== null) {
  listen(events);
  // A hidden page closes its connection, since browsers allow only a few to one server.
  document.addEventListener('visibilitychange', () => {
    source?.close();
    if (document.hidden) return;
    listen(events);
    void follow();
  });
  addEventListener('pagehide', () => source?.close());
}

/** Sends a form when a choice is made. Without a script, the button beside it does so. */
document.addEventListener('change', (event) => {
  const chosen = event.target;
  if (chosen instanceof HTMLSelectElement && chosen.dataset.submit !== undefined)
    chosen.form?.requestSubmit();
});

/** Scrolls the menu so that the current page is visible in it. */
document.querySelector('.menu [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });

export {};
