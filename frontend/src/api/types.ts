// The server's own types, taken from the schemas it checks with.
export type {
  ClientCapabilities,
  Home,
  MediaSummary,
  Movie,
  Playback,
  PlaybackRequest,
  PlaybackState,
  SignedIn,
  Source,
  SourceList,
  User,
} from '@kinora/backend/client';
