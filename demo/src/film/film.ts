import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { timecodeFilter } from '../timecode.js';
import { clockFilter } from './clock.js';
import { runCommand } from './run-command.js';

/** How the demo film is made. */
export interface FilmOptions {
  /** Seconds; 640 unless told. */
  durationSeconds?: number;
  /** Bits a second of the picture; 1 500 000 unless told. */
  videoBitsPerSecond?: number;
  /** x264 preset; `superfast` unless told. */
  preset?: string;
}

/** `index-first`: the MP4's index (moov) leads; `index-last`: it follows the media, as encoders leave it. */
export type FilmVariant = 'index-first' | 'index-last';

export interface Film {
  durationSeconds: number;
  /** Paths of the same encode with its index at either end. */
  files: Readonly<Record<FilmVariant, string>>;
  /** Bytes. */
  sizes: Readonly<Record<FilmVariant, number>>;
  /** Changes with everything that shapes the bytes. */
  version: string;
}

export const FRAME = { width: 640, height: 360, frameRate: 24 } as const;

/** A moving picture with the timecode and a clock, a tone with a beep each second; H.264 + AAC, a key frame every 2 s. */
export async function prepareFilm(
  cacheDir: string,
  options: FilmOptions = {},
  run: { log?: (line: string) => void; signal?: AbortSignal } = {},
): Promise<Film> {
  const durationSeconds = options.durationSeconds ?? 640;
  const encode = encodeArguments({ ...options, durationSeconds });
  const version = createHash('sha256').update(JSON.stringify(encode)).digest('hex').slice(0, 16);
  const folder = join(cacheDir, `film-${version}`);
  const files = {
    'index-first': join(folder, 'index-first.mp4'),
    'index-last': join(folder, 'index-last.mp4'),
  };

  if (!(await exists(folder))) {
    run.log?.(`making the film (${durationSeconds} s, once; kept in ${cacheDir})`);
    await makeFilm({ folder, encode, cacheDir, signal: run.signal });
  }
  const sizes = {
    'index-first': (await stat(files['index-first'])).size,
    'index-last': (await stat(files['index-last'])).size,
  };
  return { durationSeconds, files, sizes, version };
}

async function makeFilm(task: {
  folder: string;
  encode: readonly string[];
  cacheDir: string;
  signal: AbortSignal | undefined;
}): Promise<void> {
  await mkdir(task.cacheDir, { recursive: true });
  // The folder appears under its real name only when both files are whole, whatever ends this process.
  const temporary = `${task.folder}.${process.pid}.partial`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary);
  try {
    const last = join(temporary, 'index-last.mp4');
    const first = join(temporary, 'index-first.mp4');
    await runCommand('ffmpeg', [...task.encode, last], task.signal);
    await runCommand('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      '-i',
      last,
      '-map',
      '0',
      '-c',
      'copy',
      '-movflags',
      '+faststart',
      ...EXACT,
      first,
    ]);
    await rename(temporary, task.folder).catch(async (error: unknown) => {
      if (!(await exists(task.folder))) throw error; // somebody else made the same film meanwhile
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Keeps dates and version texts out, so that the same ffmpeg makes the same bytes. */
const EXACT = [
  '-fflags',
  '+bitexact',
  '-flags:v',
  '+bitexact',
  '-flags:a',
  '+bitexact',
  '-map_metadata',
  '-1',
] as const;

function encodeArguments(options: FilmOptions & { durationSeconds: number }): string[] {
  const { width, height, frameRate } = FRAME;
  const rate = options.videoBitsPerSecond ?? 1_500_000;
  const duration = `d=${options.durationSeconds}`;
  // The noise is what keeps the rate up: without it this picture would shrink to nothing.
  const picture = [
    `gradients=s=${width}x${height}:r=${frameRate}:${duration}:c0=0x10243f:c1=0x2b5f75:c2=0x6b4e71:n=3:seed=7:speed=0.015`,
    'format=yuv420p',
    'noise=c0s=10:c0f=t:c0_seed=7[sky]',
  ].join(',');
  const sun = `color=c=0xf2d7a0:s=28x28:r=${frameRate}:${duration}[sun]`;
  const scene = `[sky][sun]overlay=x='mod(t*80,${width + 28})-28':y='${height - 90}+36*sin(t)':shortest=1`;
  const filter = `${picture};${sun};${scene},${timecodeFilter(FRAME)},${clockFilter(FRAME)}[v]`;
  const tone = `sine=frequency=330:beep_factor=4:sample_rate=48000:${duration},volume=0.4[a]`;
  return [
    ...[
      '-v',
      'error',
      '-nostdin',
      '-y',
      '-filter_complex',
      `${filter};${tone}`,
      '-map',
      '[v]',
      '-map',
      '[a]',
    ],
    ...[
      '-t',
      String(options.durationSeconds),
      '-pix_fmt',
      'yuv420p',
      '-c:v',
      'libx264',
      '-preset',
      options.preset ?? 'superfast',
    ],
    // Two threads whatever the machine: the number of threads changes the bytes.
    ...[
      '-threads',
      '2',
      '-b:v',
      String(rate),
      '-maxrate',
      String(Math.round(rate * 1.1)),
      '-bufsize',
      String(rate * 2),
    ],
    ...['-g', String(frameRate * 2), '-keyint_min', String(frameRate * 2), '-sc_threshold', '0'],
    ...['-c:a', 'aac', '-b:a', '96k', '-ac', '2', ...EXACT],
  ];
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
