import { generateKeyPairSync } from 'node:crypto';
import { SECRET, scheduledRun, sign } from '../webhook/sample.ts';
import { KillableApp } from './killable-app.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** The App on a data directory, with a GitHub that is not there. */
export function appOnFiles(dataDirectory: string): KillableApp {
  return new KillableApp({
    dataDirectory,
    appId: 7,
    privateKey,
    secrets: [SECRET],
    githubApiUrl: 'http://127.0.0.1:1',
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    emergencyStop: false,
  });
}

/** A run that has only begun: it is noted, and nobody asks GitHub about it. */
export async function deliver(url: string, id: number): Promise<Response> {
  const body = JSON.stringify({ ...scheduledRun(id, { conclusion: null }), action: 'requested' });
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'workflow_run',
      'x-github-delivery': `delivery-${id}`,
      'x-hub-signature-256': sign(body),
    },
    body,
  });
}
