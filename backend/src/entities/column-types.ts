import type { ValueTransformer } from 'typeorm';

// Both databases store these as a 64-bit integer, so ordering and comparing need no knowledge of a date format.
// PostgreSQL's driver hands 64-bit integers out as text, hence `Number` on the way in.

/** A moment: `Date` in code, milliseconds since 1970 UTC in the database. */
export const moment: ValueTransformer = {
  to: (value: unknown) => (value instanceof Date ? value.getTime() : value),
  from: (value: unknown) => (value === null || value === undefined ? null : new Date(Number(value))),
};

/** A count of bytes or the like; exact up to 2^53. */
export const wideInteger: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null || value === undefined ? null : Number(value)),
};
