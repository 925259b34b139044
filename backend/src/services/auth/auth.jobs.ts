import type { SessionRepository } from '../../repositories/session.repository.js';
import type { Job } from '../scheduler/job.js';
import type { AuthService } from './auth.service.js';

export interface AuthJobsOptions {
  auth: Pick<AuthService, 'endIdleSessions'>;
  sessions: SessionRepository;
  /** How long a session lasts without being used, milliseconds. */
  idleMs: () => number;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Ends sessions that are idle too long, and removes those whose thirty days are over. */
export function createAuthJobs({ auth, sessions, idleMs, now }: AuthJobsOptions): Job[] {
  return [
    {
      name: 'forget-expired-sessions',
      description: 'Ends sign-ins that nobody uses any more, and removes those that have expired.',
      schedule: { everyMs: 6 * 60 * 60_000 },
      run: async () => {
        await auth.endIdleSessions(idleMs());
        await sessions.deleteExpired(new Date(now()));
      },
    },
  ];
}
