import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { type ApiClient, answer, useApi } from '../../api/client.js';
import { ApiError } from '../../api/problem.js';
import type { Setting } from '../../api/types.js';

const settingsKey = ['settings'];

export function settings(api: ApiClient) {
  return queryOptions({
    queryKey: [...settingsKey, 'all'],
    queryFn: ({ signal }) => answer(api.http.admin.settings.$get(undefined, { init: { signal } })),
    staleTime: 0,
  });
}

export const revisionsPageSize = 10;

export function revisions(api: ApiClient, page: number) {
  return queryOptions({
    queryKey: [...settingsKey, 'revisions', page],
    queryFn: ({ signal }) =>
      answer(
        api.http.admin.settings.revisions.$get(
          { query: { page: String(page), pageSize: String(revisionsPageSize) } },
          { init: { signal } },
        ),
      ),
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
}

/** Values by name; null leaves one to the configuration file or the default. */
export type SettingValues = Record<string, string | null>;

interface Change {
  values: SettingValues;
  /** Although its service cannot be asked just now. */
  force?: boolean;
}

/** Changes settings. Everything else on the pages may follow from them, so it is asked for again. */
export function useChangeSettings(onSuccess?: () => void) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ values, force = false }: Change) =>
      answer(api.http.admin.settings.$patch({ json: { values, force } })),
    onSuccess: (changed) => {
      queries.setQueryData(settings(api).queryKey, changed);
      void queries.invalidateQueries();
      onSuccess?.();
    },
  });
}

/** Tries a group as it would be with some values, and changes nothing. */
export function useTestSettings(group: Setting['group']) {
  const api = useApi();
  return useMutation({
    mutationFn: (values: SettingValues) =>
      answer(api.http.admin.settings.test.$post({ json: { group, values } })),
  });
}

export function useRollBack() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ number, force = false }: { number: number; force?: boolean }) =>
      answer(
        api.http.admin.settings.revisions[':number'].rollback.$post({
          param: { number: String(number) },
          json: { force },
        }),
      ),
    onSuccess: () => void queries.invalidateQueries(),
  });
}

/** The service could not be asked, so the value may be right; it can be kept all the same. */
export function mayForce(error: Error | null): boolean {
  return error instanceof ApiError && error.code === 'setting-untested';
}
