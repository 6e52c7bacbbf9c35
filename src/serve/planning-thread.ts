import { parentPort, workerData } from 'node:worker_threads';
import { OffbeatError } from '../errors.ts';
import { type DecisionRequest, decideByStrategies } from '../usecases/planning/decide.ts';
import type { Planned } from './planner.ts';

/** Makes the plan that the main thread has asked for. */
function plan(request: DecisionRequest): Planned {
  try {
    return { decided: decideByStrategies(request) };
  } catch (error) {
    if (!(error instanceof OffbeatError)) return { failed: String(error) };
    const { code, message, where, fix } = error;
    return { refused: { code, message, where, fix } };
  }
}

const request: DecisionRequest = workerData;
parentPort?.postMessage(plan(request));
