const ignore = (): void => undefined;

/** Octokit logs the address of a failed request. Requests with people's tokens must not be logged at all. */
export const SILENT_LOG = { debug: ignore, info: ignore, warn: ignore, error: ignore };
