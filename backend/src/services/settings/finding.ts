/** What a check found. `note` is worth knowing, `broken` keeps something from working that was asked for. */
export interface Finding {
  /** A word or two: `database`, `TMDB`. */
  subject: string;
  verdict: 'ok' | 'note' | 'broken';
  /** One line: what was found and, when broken, what to do. */
  text: string;
  /** Of what is broken: the other side is away or slow just now, so it says little about the value. */
  mayPass?: true;
}
