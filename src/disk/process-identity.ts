import { readFile, readlink } from 'node:fs/promises';

/** Names one process so exactly that a neighbour in the same process namespace can tell whether it still lives. */
export interface ProcessIdentity {
  /** Kernel boot and process namespace: pids mean the same thing only where both are equal. `null`: cannot tell. */
  readonly pidsOf: string | null;
  readonly pid: number;
  /** Start of the process in clock ticks after boot: a pid is given again, the pair is not. */
  readonly startedAt: string | null;
}

/** Index of the start time in `/proc/<pid>/stat`, counted after the command's closing bracket (proc(5): field 22). */
const START_TIME_FIELD = 22 - 3;

/** This process; without Linux's `/proc` only the pid is known. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return { pidsOf: await pidsOf(), pid: process.pid, startedAt: await startedAt(process.pid) };
}

/** `true` where the process is certainly gone; `false` where it lives or nobody here can tell. */
export async function isGone(other: ProcessIdentity): Promise<boolean> {
  if (other.pidsOf === null || other.startedAt === null) return false;
  if (other.pidsOf !== (await pidsOf())) return false;
  return (await startedAt(other.pid)) !== other.startedAt;
}

async function pidsOf(): Promise<string | null> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    // Not Linux, or /proc is hidden: the heartbeat decides.
    return null;
  }
}

async function startedAt(pid: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD] ?? null;
  } catch {
    return null;
  }
}
