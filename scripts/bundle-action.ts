/**
 * Makes the one file that a runner starts, with everything in it:
 *   node scripts/bundle-action.ts [FILE]
 * A release puts it onto its tag; on the main branch there is none.
 */
import { bundleAction } from './action-bundle.ts';

const file = process.argv[2] ?? 'dist/action/index.mjs';
const { bytes } = await bundleAction(file);
console.log(`${file}: ${(bytes / 2 ** 20).toFixed(1)} MB`);
