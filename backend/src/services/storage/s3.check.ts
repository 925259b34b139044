import { S3Bucket, type S3Settings } from '../../chunk-stores/s3-bucket.js';
import type { Finding } from '../settings/finding.js';

/** Whether the bucket is there, and the keys may write, read and delete in it. */
export async function checkS3(settings: S3Settings): Promise<Finding> {
  const subject = 'object store';
  const bucket = new S3Bucket(settings, { requestMs: 5_000, retries: [] });
  const where = new URL(settings.endpoint).host;
  const key = `${settings.prefix}/trial-${Date.now().toString(36)}`;
  try {
    if (!(await bucket.isReachable()))
      return broken(`${where} has no such bucket, or refuses the keys. Check bucket, region and keys.`);
    const trial = new Uint8Array([1, 2, 3]);
    await bucket.put(key, trial);
    const read = await bucket.get(key);
    await bucket.delete([key]);
    if (!read || Buffer.compare(read, trial) !== 0)
      return broken(`${where} does not give back what is put there`);
    return { subject, verdict: 'ok', text: `${where} takes and gives back what is put there` };
  } catch {
    return broken(`${where} does not answer, or refuses the keys. Check address, bucket, region and keys.`);
  } finally {
    await bucket.close();
  }

  function broken(text: string): Finding {
    return { subject, verdict: 'broken', text, mayPass: true };
  }
}
