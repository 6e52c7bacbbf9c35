import { readFileSync } from 'node:fs';

/**
 * The version of this copy of Offbeat; its package file stands two folders up, in `src` as in `dist`. The file is our
 * own, so it is not validated: `offbeat --version` shall not wait until a validator is loaded.
 */
export function offbeatVersion(): string {
  return packageFile().version;
}

/** The Action of the release that this copy is of, as `OWNER/REPO@HASH`; `null` where it is of none. */
export function actionOfRelease(): string | null {
  const { repository, actionCommit } = packageFile();
  const name = /github\.com\/([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(repository.url)?.[1];
  return name === undefined || actionCommit === undefined ? null : `${name}@${actionCommit}`;
}

interface PackageFile {
  readonly version: string;
  readonly repository: { readonly url: string };
  /** Written by the release, which makes the commit first. */
  readonly actionCommit?: string;
}

function packageFile(): PackageFile {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as PackageFile;
}
