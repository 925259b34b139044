import { create } from 'qrcode';
import styles from './qr-code.module.css';

/** A QR code, drawn as one path: dark on light, with the quiet zone scanners need. */
export function QrCode({ text, label = 'The same as a QR code' }: { text: string; label?: string }) {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const margin = 3;
  const size = modules.size + 2 * margin;
  const dots = Array.from(modules.data).flatMap((dark, index) =>
    dark ? [`M${(index % modules.size) + margin} ${Math.floor(index / modules.size) + margin}h1v1h-1z`] : [],
  );
  return (
    <svg className={styles['qr']} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={dots.join('')} />
    </svg>
  );
}
