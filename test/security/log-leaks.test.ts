import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';
import { API_SECRET, WEBHOOK_SECRET, withApp } from '../e2e/harness.ts';
import { DAILY_WORKFLOWS } from '../e2e/story.ts';

const CANARY = 'canary-in-a-body';

/** Everything that is logged, at the level that says most. */
function listening(): { readonly text: () => string; readonly destination: Writable } {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { text: () => lines.join(''), destination };
}

describe('the log of 17 days at level trace', () => {
  it('holds no token, header, signature, key or body', async () => {
    const { text, destination } = listening();
    await withApp(
      {
        workflows: DAILY_WORKFLOWS,
        config: 'mode: suggest\n',
        log: createLog({ level: 'trace', destination }),
      },
      async (app) => {
        await app.live(17);
        expect(await app.proposals()).toHaveLength(1);
        const [proposal] = await app.proposals();
        const number = proposal?.number ?? 0;
        // A person's words, a payload that cannot be read, a wrong signature, a broken GitHub, a wrong token.
        expect(await app.command('writer', number, `/explain\n\n${CANARY}`)).not.toBe('');
        expect(
          await app.send({ event: 'workflow_run', payload: { action: 'completed', workflow_run: CANARY } }),
        ).toBe(422);
        expect(await app.send({ event: 'workflow_run', payload: `{"${CANARY}` })).toBe(422);
        expect(
          await app.send({
            event: 'push',
            payload: { action: CANARY },
            secret: 'not the secret of this App',
          }),
        ).toBe(401);
        app.emulated.faults.failNext({ path: /\/collaborators\//, status: 500 });
        await app.command('writer', number, `/health\n\n${CANARY}`);
        // A handler that fails at first, with the canary in what the App keeps of the payload.
        app.emulated.faults.failNext({ path: /\/(?:git|contents|commits)\//, status: 422 });
        const { repository, installationId, sender } = await app.payloadContext();
        const { data: branch } = await app
          .as('maintainer')
          .rest.repos.getBranch({ ...app.where, branch: String(repository.default_branch) });
        const push = {
          ref: `refs/heads/${String(repository.default_branch)}`,
          before: '0'.repeat(40),
          after: branch.commit.sha,
          deleted: false,
          forced: false,
          commits: [{ added: [`.github/${CANARY}.txt`], modified: ['.github/workflows/a.yml'], removed: [] }],
        };
        const payload = { ...push, repository, sender, installation: { id: installationId } };
        expect(await app.send({ event: 'push', payload })).toBe(202);
        await app.idle();
        await fetch(`${app.server.url}/api/v1/repositories`, {
          headers: { authorization: `Bearer ${CANARY}`, cookie: `session=${CANARY}` },
        });

        const log = text();
        expect(log).toContain('Offbeat is listening');
        expect(log).toContain('GitHub has refused a piece of work');
        const keyLines = app.emulated.app.privateKey
          .split('\n')
          .filter((line) => /^[\w+/=]{40,}$/.test(line));
        expect(keyLines).not.toEqual([]);
        const secrets = [
          ...keyLines,
          WEBHOOK_SECRET,
          API_SECRET,
          app.emulated.app.clientSecret,
          ...Object.values(app.emulated.people).map(({ token }) => token),
          CANARY,
          'ghs_',
          'sha256=',
        ];
        expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
        expect(log).not.toMatch(/eyJ[\w-]{8,}\.[\w-]+\./);
        expect(log).not.toMatch(/"(?:authorization|x-hub-signature-256|cookie)":"(?!\[redacted\])/i);
      },
    );
  });
});
