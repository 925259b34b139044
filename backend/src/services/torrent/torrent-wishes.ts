import type { PieceFetcher } from './piece-fetcher.js';
import { choosePlayableFile } from './playable-file.js';
import type { TorrentFile, TorrentMetadata } from './torrent-engine.port.js';
import type { TorrentReaders } from './torrent-reader.js';

interface Fetching {
  metadata: TorrentMetadata;
  fetcher: PieceFetcher;
  readers: TorrentReaders;
}

/** What is to be fetched of a torrent beside what its readers ask for; wishes may come before anything can be fetched. */
export class TorrentWishes {
  private fetching: Fetching | null = null;
  /** The file to be fetched whole; null when there is none. */
  private wholeFile: number | null = null;
  /** There is too little room for what nobody is about to watch. */
  private hasGivenBack = false;
  /** A file that is about to be read from its start, until that can begin. */
  private expected: { fileIndex: number | null } | null = null;

  /** From now on pieces can be fetched. */
  begin(fetching: Fetching): void {
    this.fetching = fetching;
    this.aim();
    this.beginExpected();
  }

  /** Fetches the rest of a file too, while nobody is short of film. */
  fetchWhole(fileIndex: number): void {
    this.wholeFile = fileIndex;
    this.aim();
  }

  /** Pieces are given back: what is fetched whole would only bring them again. */
  giveUpWhole(): void {
    this.hasGivenBack = true;
    this.aim();
  }

  /** Somebody is about to read the file from its start; null for the one that would be chosen. */
  expectReader(fileIndex: number | null): void {
    this.expected = { fileIndex };
    this.beginExpected();
  }

  private aim(): void {
    if (!this.fetching) return;
    const { metadata, fetcher } = this.fetching;
    const file = this.hasGivenBack ? undefined : metadata.files[this.wholeFile ?? -1];
    fetcher.aimAt(file ? { start: file.offset, end: file.offset + file.length } : null);
  }

  private beginExpected(): void {
    const { expected, fetching } = this;
    if (!expected || !fetching) return;
    this.expected = null;
    const file = findFile(fetching.metadata, expected.fileIndex);
    if (file) fetching.readers.expect(file);
  }
}

function findFile(metadata: TorrentMetadata, fileIndex: number | null): TorrentFile | null {
  try {
    return choosePlayableFile(metadata, fileIndex);
  } catch {
    // Whoever wants to play it is told so elsewhere.
    return null;
  }
}
