// The one door for the web application: types, and nothing that runs.

import type { z } from '@hono/zod-openapi';
import type { auditEventSchema } from './routes/audit.schemas.js';
import type { sessionSchema, signedInSchema, userSchema } from './routes/auth.schemas.js';
import type { problemSchema } from './routes/common.schemas.js';
import type { askingDeviceSchema, deviceCodesSchema } from './routes/device.schemas.js';
import type {
  indexerKindSchema,
  indexerSchema,
  indexersSchema,
  indexerTestSchema,
} from './routes/indexer.schemas.js';
import type { jobRunSchema, jobSchema } from './routes/job.schemas.js';
import type { listItemSchema, listSchema } from './routes/list.schemas.js';
import type {
  creditSchema,
  episodeSchema,
  genreSchema,
  homeRowSchema,
  homeSchema,
  mediaPageSchema,
  mediaSummarySchema,
  movieSchema,
  personSchema,
  personSummarySchema,
  searchPageSchema,
  seasonSchema,
  seasonSummarySchema,
  showSchema,
  videoSchema,
} from './routes/media.schemas.js';
import type { overviewSchema } from './routes/overview.routes.js';
import type {
  capabilitiesSchema,
  playbackBodySchema,
  playbackSchema,
  playbackStateSchema,
} from './routes/playback.schemas.js';
import type {
  passkeyAnswerSchema,
  passkeyCreationSchema,
  passkeyRequestSchema,
  passkeySchema,
  proofOptionsSchema,
  proofSchema,
  secondStepSchema,
  securitySchema,
} from './routes/second-factor.schemas.js';
import type {
  settingFindingsSchema,
  settingRevisionSchema,
  settingSchema,
  settingsSchema,
} from './routes/settings.schemas.js';
import type { sourceListSchema, sourceSchema } from './routes/source.schemas.js';
import type { storageItemSchema, storageSchema } from './routes/storage.schemas.js';
import type { traktCodeSchema, traktStatusSchema } from './routes/trakt.schemas.js';
import type { managedUserSchema } from './routes/users.schemas.js';
import type { vpnSchema } from './routes/vpn.schemas.js';
import type {
  continueItemSchema,
  historyItemSchema,
  progressBatchSchema,
  progressSchema,
} from './routes/watch.schemas.js';

export type { Api } from './routes/index.js';
export type ServerOverview = z.infer<typeof overviewSchema>;
export type User = z.infer<typeof userSchema>;
export type SignedIn = z.infer<typeof signedInSchema>;
export type AccountSecurity = z.infer<typeof securitySchema>;
export type Passkey = z.infer<typeof passkeySchema>;
export type PasskeyRequest = z.infer<typeof passkeyRequestSchema>;
export type PasskeyCreation = z.infer<typeof passkeyCreationSchema>;
export type PasskeyAnswer = z.infer<typeof passkeyAnswerSchema>;
export type Proof = z.infer<typeof proofSchema>;
export type ProofOptions = z.infer<typeof proofOptionsSchema>;
export type SecondFactorRequired = z.infer<typeof secondStepSchema>;
export type Session = z.infer<typeof sessionSchema>;
export type Problem = z.infer<typeof problemSchema>;
export type Home = z.infer<typeof homeSchema>;
export type MediaSummary = z.infer<typeof mediaSummarySchema>;
export type Movie = z.infer<typeof movieSchema>;
export type Source = z.infer<typeof sourceSchema>;
export type SourceList = z.infer<typeof sourceListSchema>;
export type Indexer = z.infer<typeof indexerSchema>;
export type IndexerKind = z.infer<typeof indexerKindSchema>;
export type Indexers = z.infer<typeof indexersSchema>;
export type IndexerTest = z.infer<typeof indexerTestSchema>;
export type Playback = z.infer<typeof playbackSchema>;
export type PlaybackState = z.infer<typeof playbackStateSchema>;
export type PlaybackRequest = z.infer<typeof playbackBodySchema>;
export type ClientCapabilities = z.infer<typeof capabilitiesSchema>;
export type ManagedUser = z.infer<typeof managedUserSchema>;
export type AuditEvent = z.infer<typeof auditEventSchema>;
export type DeviceCodes = z.infer<typeof deviceCodesSchema>;
export type AskingDevice = z.infer<typeof askingDeviceSchema>;
export type Storage = z.infer<typeof storageSchema>;
export type Vpn = z.infer<typeof vpnSchema>;
export type Settings = z.infer<typeof settingsSchema>;
export type Setting = z.infer<typeof settingSchema>;
export type SettingFinding = z.infer<typeof settingFindingsSchema>['findings'][number];
export type SettingRevision = z.infer<typeof settingRevisionSchema>;
export type StorageItem = z.infer<typeof storageItemSchema>;
export type Job = z.infer<typeof jobSchema>;
export type JobRun = z.infer<typeof jobRunSchema>;
export type Progress = z.infer<typeof progressSchema>;
export type ContinueItem = z.infer<typeof continueItemSchema>;
export type HistoryItem = z.infer<typeof historyItemSchema>;
export type ProgressBatch = z.input<typeof progressBatchSchema>;
export type HomeRow = z.infer<typeof homeRowSchema>;
export type MediaPage = z.infer<typeof mediaPageSchema>;
export type SearchPage = z.infer<typeof searchPageSchema>;
export type Show = z.infer<typeof showSchema>;
export type Season = z.infer<typeof seasonSchema>;
export type SeasonSummary = z.infer<typeof seasonSummarySchema>;
export type Episode = z.infer<typeof episodeSchema>;
export type Person = z.infer<typeof personSchema>;
export type PersonSummary = z.infer<typeof personSummarySchema>;
export type Credit = z.infer<typeof creditSchema>;
export type Video = z.infer<typeof videoSchema>;
export type Genre = z.infer<typeof genreSchema>;
export type List = z.infer<typeof listSchema>;
export type ListItem = z.infer<typeof listItemSchema>;
export type Trakt = z.infer<typeof traktStatusSchema>;
export type TraktCode = z.infer<typeof traktCodeSchema>;
