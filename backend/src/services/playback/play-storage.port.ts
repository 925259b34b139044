/** Who plays what, as storage remembers it. */
export interface AdmittedPlay {
  infoHash: string;
  userId: string;
  title: string;
  mediaId: string | null;
}

/** What playing needs of storage. `services/storage` has it. */
export interface PlayStorage {
  /** A play begins: what is stored of the torrent stays until `leave`. */
  enter(infoHash: string): Promise<void>;
  /** Makes room for the file, and notes who plays it; answers whether all of it has room. Error: storage-full. */
  admit(play: AdmittedPlay, fileBytes: number): Promise<boolean>;
  leave(infoHash: string): void;
}
