import type { SessionRepository } from '../../repositories/session.repository.js';
import type { Job } from '../scheduler/job.js';

/** Sessions whose thirty days are over are of no use to anybody. @param now milliseconds since 1970 */
export function createAuthJobs(sessions: SessionRepository, now: () => number): Job[] {
  return [
    {
      name: 'forget-expired-sessions',
      description: 'Removes sign-ins that have expired.',
      schedule: { everyMs: 6 * 60 * 60_000 },
      run: async () => {
        await sessions.deleteExpired(new Date(now()));
      },
    },
  ];
}
