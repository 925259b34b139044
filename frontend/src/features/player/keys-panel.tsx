import { keyHelp } from './player-keys.js';
import styles from './side-panel.module.css';

export function KeysPanel() {
  return (
    <aside className={styles['panel']} aria-label="Keys">
      <h2 className={styles['title']}>Keys</h2>
      <dl className={styles['list']}>
        {keyHelp.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={styles['key']}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}
