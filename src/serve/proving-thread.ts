import { parentPort, workerData } from 'node:worker_threads';
import { proveDecision } from '../usecases/prove-decision.ts';
import { highsSolver } from './highs.ts';
import type { ProofRequest } from './prover.ts';

/** For one rest of a proof: it cannot be stopped meanwhile. */
const MOST_SOLVING_SECONDS = 1;

/** One proof, asked by the thread that started this one. */
const { request, decision, milliseconds }: ProofRequest = workerData;
const solve = await highsSolver(MOST_SOLVING_SECONDS);
const until = performance.now() + milliseconds;
parentPort?.postMessage(proveDecision(request, decision, { stop: () => performance.now() > until, solve }));
