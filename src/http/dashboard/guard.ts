import { OffbeatError } from '../../errors.ts';
import type { Permission, RepositoryState, Store } from '../../usecases/ports.ts';
import type { Access, Rights } from '../session/access.ts';
import type { Person, Sessions } from '../session/sessions.ts';
import type { SignIn } from '../session/sign-in.ts';

/** Sign-in and access; `null` in the dashboard's options where the operator has not set them up. */
export interface People {
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly access: Access;
}

/** A link that signs in one person, once. */
export interface OneTimeSignIn {
  readonly path: string;
  readonly person: Person;
  readonly token: string;
  readonly returnTo: string;
}

/** A repository that the viewer may read, with what they may do. */
export interface Readable {
  readonly state: RepositoryState;
  readonly permission: Permission;
}

export function mayWrite(permission: Permission): boolean {
  return permission === 'admin' || permission === 'write';
}

/** The repository of that id. Throws `not-found` also where the person may not read it, so that it stays unknown. */
export async function readableRepository(
  store: Pick<Store, 'load'>,
  rights: Rights,
  id: string,
): Promise<Readable> {
  const permission = rights.get(Number(id)) ?? 'none';
  const state = /^\d{1,15}$/.test(id) && permission !== 'none' ? await store.load(Number(id)) : undefined;
  if (state === undefined || state.profile.removedAt !== null) {
    const what = 'There is no such repository here, or GitHub does not let you read it.';
    throw new OffbeatError('not-found', what, {
      fix: 'Offbeat must be installed on it, and you need read access.',
    });
  }
  return { state, permission };
}
