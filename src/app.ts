import type { Probot } from 'probot';
import { registerProbotApp } from './serve/probot-app.ts';

/**
 * Offbeat as a Probot application, for development: `probot run ./src/app.ts`, and tests by `probot.load`. Events are
 * handled as they arrive and nothing is accepted durably; `offbeat serve` is the App for production.
 */
export default function app(probot: Probot): Promise<void> {
  return registerProbotApp(probot, process.env);
}
