import { z } from 'zod';
import { setting } from '../services/settings/setting-definition.js';

const programMeaning = (name: string) =>
  `The program ${name}, on PATH if unset; only the doctor looks at it, for this version plays files as they are`;

/** Programs beside this one. */
export const programSettings = {
  FFMPEG_PATH: setting({
    title: 'ffmpeg',
    meaning: programMeaning('ffmpeg'),
    allowed: 'a path or a name',
    group: 'playback',
    schema: z.string().min(1).optional(),
  }),
  FFPROBE_PATH: setting({
    title: 'ffprobe',
    meaning: programMeaning('ffprobe'),
    allowed: 'a path or a name',
    group: 'playback',
    schema: z.string().min(1).optional(),
  }),
};
