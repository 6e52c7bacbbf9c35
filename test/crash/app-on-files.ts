import { SECRET } from '../http/webhook/sample.ts';
import { PRIVATE_KEY } from '../private-key.ts';
import { KillableApp } from './killable-app.ts';

/** The App on a data directory, with a GitHub that is not there. */
export function appOnFiles(dataDirectory: string): KillableApp {
  return new KillableApp({
    dataDirectory,
    appId: 7,
    privateKey: PRIVATE_KEY,
    secrets: [SECRET],
    githubApiUrl: 'http://127.0.0.1:1',
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    emergencyStop: false,
  });
}
