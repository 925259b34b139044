import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileErrorCode } from '../../encryption/atomic-file.js';
import type { Finding } from '../../services/settings/finding.js';

const deadlineMs = 5_000;
const tight = 2e9;
const tooTight = 200e6;

/** Free space where the data folder lies. */
export async function checkDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free in ${folder}`;
  if (free < tooTight) return { subject: 'disk', verdict: 'broken', text: `${text}; make room` };
  return { subject: 'disk', verdict: free < tight ? 'note' : 'ok', text };
}

/** Whether a port can be listened on; a Kinora that answers there counts as well. */
export async function checkPort(subject: string, host: string, port: number): Promise<Finding> {
  if (port === 0) return { subject, verdict: 'ok', text: 'any free port' };
  const where = `${host} port ${port}`;
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return { subject, verdict: 'ok', text: `${where} is free` };
  } catch (error) {
    const code = fileErrorCode(error) ?? 'unknown reason';
    if (code === 'EADDRINUSE' && (await isKinora(host, port)))
      return { subject, verdict: 'ok', text: `Kinora answers at ${where}` };
    const advice = code === 'EADDRINUSE' ? 'another program has it' : code;
    return { subject, verdict: 'broken', text: `${where} cannot be listened on: ${advice}` };
  }
}

/** Whether ffmpeg or ffprobe runs. Without a path it is looked for on PATH, and may be missing. */
export async function checkProgram(
  name: 'ffmpeg' | 'ffprobe',
  configured: string | undefined,
): Promise<Finding> {
  const line = await firstLine(configured ?? name);
  if (line !== null) return { subject: name, verdict: 'ok', text: line };
  if (configured === undefined)
    return {
      subject: name,
      verdict: 'note',
      text: 'not on PATH; this version does without: it plays what browsers play by themselves',
    };
  return {
    subject: name,
    verdict: 'broken',
    text: `${configured} does not run; see ${name.toUpperCase()}_PATH`,
  };
}

function firstLine(program: string): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, ['-version'], { timeout: deadlineMs }, (error, stdout) =>
      resolve(error ? null : (stdout.split('\n')[0] ?? '').split(' Copyright')[0] || program),
    );
  });
}

async function isKinora(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  try {
    const answer = await fetch(`http://${name}:${port}/ready`, { signal: AbortSignal.timeout(deadlineMs) });
    return (await answer.text()).includes('"checks"');
  } catch {
    return false;
  }
}
