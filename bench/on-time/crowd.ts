import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../src/time.ts';
import { Child } from '../server/child.ts';
import { DUE_AT } from './crowd-repositories.ts';
import type { DispatcherFigures, DispatcherOrder } from './dispatcher-process.ts';
import type { GitHubOrder } from './github-process.ts';

/** As the image bounds its memory. */
const FLAGS = ['--max-semi-space-size=4', '--max-old-space-size=320'];
/** The process is up so long before the minute in which all is due, and is watched so long after. */
const BEFORE_MS = 45 * SECOND_MS;
const AFTER_MS = 90 * SECOND_MS;

/**
 * So many ticks in one minute, dealt to so many installations: a dispatcher on files in a process of its own, by the
 * machine's own time, asks an emulated GitHub in another one.
 */
export async function crowd(ticks: number, installations: number, seed: number): Promise<DispatcherFigures> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-crowd-'));
  const children: Child[] = [];
  const child = (program: string, flags: readonly string[] = []): Child => {
    const made = new Child(program, flags, {}, import.meta.dirname);
    children.push(made);
    return made;
  };
  const told = <Answer>(to: Child, order: DispatcherOrder | GitHubOrder): Promise<Answer> => to.ask(order);
  try {
    const reader = child('dispatcher-process.ts');
    await told(reader, { kind: 'prepare', directory, ticks, installations });
    reader.end();
    const offsetMs = DUE_AT - BEFORE_MS - Date.now();
    const dispatcher = child('dispatcher-process.ts', FLAGS);
    const hooks = await told<number>(dispatcher, { kind: 'open', directory, offsetMs });
    const github = child('github-process.ts');
    const port = await told<number>(github, {
      offsetMs,
      ticks,
      installations,
      seed,
      hooks: `http://127.0.0.1:${hooks}`,
    });
    await told(dispatcher, { kind: 'serve', github: `http://127.0.0.1:${port}` });
    await sleep(DUE_AT + AFTER_MS - (Date.now() + offsetMs));
    return await told<DispatcherFigures>(dispatcher, { kind: 'figures' });
  } finally {
    for (const one of children) one.end();
    await rm(directory, { recursive: true, force: true });
  }
}
