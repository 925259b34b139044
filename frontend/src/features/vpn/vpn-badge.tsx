import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useApi } from '../../api/client.js';
import { vpnState } from './vpn.queries.js';
import styles from './vpn-badge.module.css';
import { vpnTitle, vpnTone } from './vpn-words.js';

interface VpnBadgeProps {
  /** Makes the badge a link, where there is a page behind it. */
  link?: ((props: { className: string; label: string; children: ReactNode }) => ReactNode) | undefined;
}

/** A shield in the header; nothing on a server that watches no VPN. */
export function VpnBadge({ link }: VpnBadgeProps) {
  const { data } = useQuery(vpnState(useApi()));
  if (!data || data.policy === 'off') return null;
  const isGood = vpnTone(data) === 'good';
  const label = `VPN: ${vpnTitle(data).toLowerCase()}`;
  const className = clsx(styles['badge'], !isGood && styles['bad']);
  const content = (
    <>
      {isGood ? <ShieldCheck aria-hidden /> : <ShieldAlert aria-hidden />}
      {!isGood && <span className={styles['word']}>VPN</span>}
    </>
  );
  if (link) return link({ className, label, children: content });
  return (
    <span className={className} role="img" aria-label={label} title={`${label}. ${data.reason}`}>
      {content}
    </span>
  );
}
