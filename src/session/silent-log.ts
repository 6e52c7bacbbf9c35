const ignore = (): void => undefined;

/** Octokit writes the address of a request that failed to the terminal; people's tokens have no place near it. */
export const SILENT_LOG = { debug: ignore, info: ignore, warn: ignore, error: ignore };
