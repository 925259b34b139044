import { runCommand } from './film/run-command.js';

/** A program of the system is missing. The message says what to install. */
export class MissingRequirementError extends Error {
  override readonly name = 'MissingRequirementError';
  readonly packages: readonly string[];

  constructor(packages: readonly string[]) {
    const list = packages.join(' ');
    super(`The demo needs ${packages.join(' and ')}. On Debian or Ubuntu: sudo apt-get install ${list}`);
    this.packages = packages;
  }
}

/** Debian's package belongs to the system's Python, which need not be the first on PATH. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

/** Finds what the demo needs of the system. Errors: `MissingRequirementError`, naming everything at once. */
export async function findRequirements(
  pythons: readonly string[] = PYTHONS,
  ffmpeg = 'ffmpeg',
): Promise<{ python: string }> {
  const works = async (program: string, args: readonly string[]): Promise<boolean> =>
    runCommand(program, args).then(
      () => true,
      () => false,
    );
  const packages = (await works(ffmpeg, ['-version'])) ? [] : ['ffmpeg'];
  for (const python of pythons) {
    if (!(await works(python, ['-c', 'import libtorrent']))) continue;
    if (packages.length > 0) throw new MissingRequirementError(packages);
    return { python };
  }
  throw new MissingRequirementError([...packages, 'python3-libtorrent']);
}
