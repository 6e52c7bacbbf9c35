import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly restart?: string;
  readonly depends_on?: unknown;
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
  readonly volumes?: readonly string[];
}

describe('the deployment in containers', () => {
  const { services } = parse(read('deploy/compose.yaml'), { merge: true }) as {
    services: Readonly<Record<string, Service>>;
  };
  const own = Object.entries(services).filter(([, { image }]) => image === 'offbeat');

  it('has two processes for webhooks, two for the work, and one that migrates first', () => {
    expect(own.map(([name]) => name).toSorted()).toEqual([
      'migrate',
      'web-1',
      'web-2',
      'worker-1',
      'worker-2',
    ]);
    for (const [name, service] of own) {
      if (name === 'migrate') continue;
      expect(service.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } });
      expect(service.restart).toBe('unless-stopped');
    }
    // Started again and again it would never be complete, and nobody would start after it.
    expect(services.migrate).toMatchObject({ restart: 'no', command: ['node', 'dist/main.js', 'migrate'] });
    expect(services.migrate?.depends_on).toEqual({ database: { condition: 'service_healthy' } });
  });

  it.each(own)('gives %s a root that it cannot write to and no capability', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service.privileged).toBeUndefined();
    expect(service.volumes).toBeUndefined();
  });

  it('runs as an unprivileged user, from an image with a bill of materials', () => {
    const [build = '', run = ''] = read('Dockerfile').split(/^FROM node:24-slim$/m);
    expect(build).toMatch(/npm sbom .*--omit=dev --sbom-format=spdx > sbom\.json$/m);
    expect(run).toMatch(/^USER node$/m);
    expect(run).toMatch(/^COPY --from=build \/app\/sbom\.json /m);
    expect(run.indexOf('USER node')).toBeLessThan(run.indexOf('CMD ["node", "dist/main.js"'));
  });
});
