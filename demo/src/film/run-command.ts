import { execFile } from 'node:child_process';

/** Runs a program to its end and gives its standard output. Errors: `Error` with the last of what it complained. */
export async function runCommand(
  program: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = {
      encoding: 'buffer',
      maxBuffer: 64 * 1024 * 1024,
      ...(signal === undefined ? {} : { signal }),
    } as const;
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
        return;
      }
      const complaint = stderr.toString('utf8').trim().slice(-2_000);
      reject(
        new Error(`${program} failed: ${complaint === '' ? error.message : complaint}`, { cause: error }),
      );
    });
  });
}
