import type { z } from '@hono/zod-openapi';
import type { JobRun } from '../entities/job-run.entity.js';
import { requireUser } from '../middleware/auth.middleware.js';
import type { AuditLogService } from '../services/audit/audit-log.service.js';
import type { JobStatus, SchedulerService } from '../services/scheduler/scheduler.service.js';
import { createApi } from './create-api.js';
import {
  type jobRunSchema,
  jobRunsRoute,
  type jobSchema,
  jobsRoute,
  runJobRoute,
  updateJobRoute,
} from './job.schemas.js';
import { requestOrigin } from './request-origin.js';

export interface JobRoutesOptions {
  scheduler: SchedulerService;
  audit: AuditLogService;
}

/** Regular work, for administrators. */
export function createJobRoutes({ scheduler, audit }: JobRoutesOptions) {
  return createApi()
    .openapi(jobsRoute, async (context) => {
      return context.json({ items: (await scheduler.list()).map(presentJob) }, 200);
    })
    .openapi(runJobRoute, async (context) => {
      const { name } = context.req.valid('param');
      const { userId: id, username } = requireUser(context);
      const status = await scheduler.runNow(name);
      await audit.record({
        action: 'job.run',
        outcome: 'ok',
        actor: { id, name: username },
        origin: requestOrigin(context),
        detail: { job: name },
      });
      return context.json(presentJob(status), 202);
    })
    .openapi(updateJobRoute, async (context) => {
      const { name } = context.req.valid('param');
      const { paused } = context.req.valid('json');
      const { userId: id, username } = requireUser(context);
      const status = await scheduler.setPaused(name, paused);
      await audit.record({
        action: paused ? 'job.paused' : 'job.resumed',
        outcome: 'ok',
        actor: { id, name: username },
        origin: requestOrigin(context),
        detail: { job: name },
      });
      return context.json(presentJob(status), 200);
    })
    .openapi(jobRunsRoute, async (context) => {
      const page = context.req.valid('query');
      const { items, total } = await scheduler.listRuns(context.req.valid('param').name, page);
      return context.json({ items: items.map(presentRun), ...page, total }, 200);
    });
}

function presentJob({ job, state, running }: JobStatus): z.infer<typeof jobSchema> {
  return {
    name: job.name,
    description: job.description,
    schedule: {
      everySeconds: 'everyMs' in job.schedule ? job.schedule.everyMs / 1000 : null,
      cron: 'cron' in job.schedule ? job.schedule.cron : null,
    },
    running,
    paused: state.pausedAt !== null,
    failures: state.failures,
    nextRunAt: state.pausedAt === null ? state.nextRunAt.toISOString() : null,
    lastStartedAt: state.lastStartedAt?.toISOString() ?? null,
    lastFinishedAt: state.lastFinishedAt?.toISOString() ?? null,
    lastOutcome: state.lastOutcome,
    lastMessage: state.lastMessage,
  };
}

function presentRun(run: JobRun): z.infer<typeof jobRunSchema> {
  return {
    id: run.id,
    trigger: run.trigger,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    outcome: run.outcome,
    message: run.message,
  };
}
