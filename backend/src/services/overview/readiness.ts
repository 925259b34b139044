/** Tells whether one dependency works, quickly and without side effects. */
export interface ReadinessCheck {
  name: string;
  /** Null while it is not in use; then nothing is told of it. */
  isReady: () => boolean | null | Promise<boolean>;
  /** Told, but requests can be served without it. */
  optional?: true;
}

/** Of those in use. */
export async function readReadiness(
  checks: readonly ReadinessCheck[],
): Promise<{ name: string; ok: boolean; optional: boolean }[]> {
  const all = await Promise.all(
    checks.map(async ({ name, isReady, optional = false }) => ({ name, optional, ok: await isReady() })),
  );
  return all.flatMap(({ ok, ...check }) => (ok === null ? [] : [{ ...check, ok }]));
}
