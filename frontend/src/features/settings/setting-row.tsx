import { clsx } from 'clsx';
import type { Setting } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import line from '../../ui/line.module.css';
import { sourceWords, valueWords } from './setting-words.js';
import styles from './settings-page.module.css';

/** One setting: what it does, what holds, where that comes from, and why it cannot be changed if it cannot. */
export function SettingRow({ setting, onEdit }: { setting: Setting; onEdit: () => void }) {
  const { name, title, meaning, isSet, live, unchangeable, restartPending } = setting;
  return (
    <li className={clsx(line['line'], styles['row'])} data-testid="setting">
      <div className={styles['what']}>
        <p className={line['name']}>{title}</p>
        <p className={styles['soft']}>{meaning}</p>
        <p className={isSet ? styles['value'] : styles['soft']}>{valueWords(setting)}</p>
        <p className={styles['facts']}>
          <code>{name}</code>
          {isSet && <span>{sourceWords(setting)}</span>}
          {restartPending && <span className={styles['pending']}>Holds from the next start</span>}
          {!live && !restartPending && unchangeable === null && <span>Needs a restart</span>}
        </p>
        {unchangeable !== null && (
          <p className={styles['facts']}>
            {unchangeable.charAt(0).toUpperCase() + unchangeable.slice(1)}
            {unchangeable.endsWith('.') ? '' : '.'}
          </p>
        )}
      </div>
      {unchangeable === null && (
        <Button aria-haspopup="dialog" aria-label={`Change ${name}`} onClick={onEdit}>
          Change
        </Button>
      )}
    </li>
  );
}
