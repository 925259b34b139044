// The server's own types, taken from the schemas it checks with.
export type {
  AskingDevice,
  AuditEvent,
  ClientCapabilities,
  DeviceCodes,
  Home,
  ManagedUser,
  MediaSummary,
  Movie,
  Playback,
  PlaybackRequest,
  PlaybackState,
  Session as SignInSession,
  SignedIn,
  Source,
  SourceList,
  User,
} from '@kinora/backend/client';
