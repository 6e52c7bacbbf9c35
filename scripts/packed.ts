import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The name of the package, with its scope. */
export function packageName(): string {
  const { name }: { readonly name: string } = JSON.parse(readFileSync('package.json', 'utf8'));
  return name;
}

/** Builds and packs this checkout; returns the path of the tarball in `directory`. */
export function packed(directory: string): string {
  const told = execFileSync('npm', ['pack', '--json', '--pack-destination', directory], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // The build may have said something before.
  const [tarball]: readonly { readonly filename: string }[] = JSON.parse(told.slice(told.indexOf('[\n')));
  if (tarball === undefined) throw new Error('npm has packed nothing.');
  return join(directory, tarball.filename);
}
