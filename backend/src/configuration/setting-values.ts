import { z } from 'zod';
import { withoutTrailingSlashes } from '../http-client/base-url.js';

// What several settings are written as.

export const onOff = (fallback: boolean) =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(['on', 'off', 'true', 'false', '1', '0', 'yes', 'no']))
    .transform((text) => ['on', 'true', '1', 'yes'].includes(text))
    .optional()
    .transform((value) => value ?? fallback);

export const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.number().max(65_535));

export const httpUrl = z.url({ protocol: /^https?$/ }).transform((text) => withoutTrailingSlashes(text));

export const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
    .pipe(z.array(item));

const units: Record<string, number> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

export const size = z
  .string()
  .toUpperCase()
  .regex(/^\d{1,12}(\.\d{1,3})?\s*([KMGT]I?B|B)?$/)
  .transform((text) => {
    const [, amount = '0', unit = ''] = /^([\d.]+)\s*([A-Z]*)$/.exec(text) ?? [];
    return Math.round(Number(amount) * (units[unit] ?? 1));
  });
