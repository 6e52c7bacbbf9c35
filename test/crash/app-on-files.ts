import { generateKeyPairSync } from 'node:crypto';
import { SECRET } from '../http/webhook/sample.ts';
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
