import { z } from 'zod';

/** A workflow as people name it. Paths of GitHub are no longer than this. */
export const WorkflowName = z.string().min(1).max(300).describe('Path, file name or name of the workflow.');
