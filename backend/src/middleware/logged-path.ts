const longest = 300;

/** A path as it may stand in a log: without the grant, which would open the stream to whoever reads the log. */
export function loggedPath(path: string): string {
  return path.replace(/^(\/+api\/+stream\/+)[^/]+/i, '$1[grant]').slice(0, longest);
}
