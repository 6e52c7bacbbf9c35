import { generateKeyPairSync } from 'node:crypto';

/** Key of an App in tests. To make one takes a tenth of a second, and most tests do not care which it is. */
export const { privateKey: PRIVATE_KEY } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
