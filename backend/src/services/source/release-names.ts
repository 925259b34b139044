import { parseReleaseName, type ReleaseName } from './release-name/release-name.js';

/** Release names that were read a short while ago: a list is ranked many times, its names do not change. */
export class ReleaseNames {
  private readonly known = new Map<string, ReleaseName>();

  constructor(private readonly most = 5_000) {}

  read(title: string): ReleaseName {
    const known = this.known.get(title);
    if (known) return known;
    const name = parseReleaseName(title);
    if (this.known.size >= this.most) {
      const [oldest] = this.known.keys();
      if (oldest !== undefined) this.known.delete(oldest);
    }
    this.known.set(title, name);
    return name;
  }
}
