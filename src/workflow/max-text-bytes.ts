/** Real workflow files are far smaller; larger ones would only slow Offbeat down. */
export const MAX_TEXT_BYTES = 1024 * 1024;
