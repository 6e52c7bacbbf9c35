import type { Emulated } from './emulator.ts';
import type { Json } from './json.ts';

/** Payload of `installation.created`: what GitHub sends when the App is installed on an owner's repositories. */
export function installationPayload(emulated: Emulated, owner = emulated.repository.owner): Json {
  const repositories = emulated.repositories.filter((repository) => repository.owner === owner);
  return {
    action: 'created',
    installation: {
      id: repositories[0]?.installationId ?? emulated.app.installationId,
      app_id: emulated.app.id,
      app_slug: emulated.app.slug,
      account: { login: owner, type: 'Organization' },
      repository_selection: 'all',
      target_type: 'Organization',
      events: [],
      suspended_at: null,
    },
    repositories: repositories.map(({ id, name, fullName, isPrivate }) => ({
      id,
      name,
      full_name: fullName,
      private: isPrivate,
    })),
    sender: { login: emulated.people.maintainer.login, id: 1, type: 'User' },
  };
}
