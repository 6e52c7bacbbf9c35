import { z } from 'zod';

/** A workflow by path, file name or name, at most as long as a path on GitHub. */
export const WorkflowName = z.string().min(1).max(300).describe('Path, file name or name of the workflow.');
