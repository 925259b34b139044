import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useApi } from '../../api/client.js';
import { Button } from '../../ui/button.js';
import { vpnState } from './vpn.queries.js';
import styles from './vpn-notice.module.css';
import { vpnConsequence, vpnTitle, vpnTone } from './vpn-words.js';

/** Tells an administrator that the VPN is not as wanted, until it is or they have read it. */
export function VpnNotice({ details }: { details: ReactNode }) {
  const { data } = useQuery(vpnState(useApi()));
  const [readSince, setReadSince] = useState<string | null>(null);
  const isShown = data !== undefined && vpnTone(data) === 'bad' && readSince !== data.since;
  return (
    <div role="status" className={styles['place']}>
      {isShown && (
        <div className={styles['notice']}>
          <p>
            <strong>VPN: {vpnTitle(data).toLowerCase()}.</strong> {data.reason} {vpnConsequence(data)}
          </p>
          <div className={styles['actions']}>
            {details}
            <Button look="quiet" onClick={() => setReadSince(data.since)}>
              Close
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
