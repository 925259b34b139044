/** Why the browser gave up on a file, in words. Codes are those of MediaError. */
export function mediaErrorWords(code: number, message: string): string {
  const cause = causes[code] ?? 'The browser stopped without saying why.';
  return message === '' ? cause : `${cause} (${message})`;
}

const causes: Readonly<Record<number, string>> = {
  1: 'Playing was interrupted.',
  2: 'The connection to the server was lost while the film was loading.',
  3: 'The browser cannot decode this file.',
  4: 'The browser cannot play this file, or the server refused to send it.',
};
