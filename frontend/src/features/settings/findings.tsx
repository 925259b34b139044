import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import type { SettingFinding } from '../../api/types.js';
import styles from './settings-page.module.css';

const icons = { ok: CircleCheck, note: Info, broken: CircleAlert } as const;

/** What a test found, a line each; read out when it comes. */
export function Findings({ findings }: { findings: readonly SettingFinding[] | undefined }) {
  return (
    <div role="status" className={styles['findings']}>
      {findings?.map(({ subject, verdict, text }) => {
        const Icon = icons[verdict];
        return (
          <p key={`${subject} ${text}`} className={styles[verdict]}>
            <Icon aria-hidden />
            <span>
              <strong>{subject}</strong> {text}
            </span>
          </p>
        );
      })}
    </div>
  );
}
