import type { Emulated } from './emulator.ts';
import type { Json } from './json.ts';

/** Payload of `installation.created`: what GitHub sends when the App is installed on the seeded repositories. */
export function installationPayload(emulated: Emulated): Json {
  return {
    action: 'created',
    installation: {
      id: emulated.app.installationId,
      app_id: emulated.app.id,
      app_slug: emulated.app.slug,
      account: { login: emulated.repository.owner, type: 'Organization' },
      repository_selection: 'all',
      target_type: 'Organization',
      events: [],
      suspended_at: null,
    },
    repositories: emulated.repositories.map(({ id, name, fullName, isPrivate }) => ({
      id,
      name,
      full_name: fullName,
      private: isPrivate,
    })),
    sender: { login: emulated.people.maintainer.login, id: 1, type: 'User' },
  };
}
