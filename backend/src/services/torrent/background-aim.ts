import type { TorrentRange } from './scheduler/scheduler-types.js';

/** What is fetched besides what readers want, whenever nobody is short of film. */
export class BackgroundAim {
  private range: TorrentRange | null = null;
  /** It is being fetched. */
  private isFetched = false;

  constructor(private readonly fetch: (ranges: TorrentRange[]) => void) {}

  get isSet(): boolean {
    return this.range !== null;
  }

  /** Bytes of the torrent, null for nothing; what was begun of another goes on until it is next asked whether it may. */
  set(range: TorrentRange | null): void {
    this.range = range;
  }

  /** Begins or ends as it may now. */
  update(isAllowed: boolean): void {
    const isFetched = this.range !== null && isAllowed;
    if (isFetched === this.isFetched) return;
    this.isFetched = isFetched;
    this.fetch(isFetched && this.range ? [this.range] : []);
  }
}
