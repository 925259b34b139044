import type { ReactNode } from 'react';
import { webAddress } from './addresses.js';

interface OutsideLinkProps {
  /** Comes from a provider: rendered as plain text when it is no http or https address. */
  url: string;
  /** Read in place of the content. */
  label?: string;
  className?: string | undefined;
  children: ReactNode;
}

/** Link to another site. Opens beside this page and sends no Referer. */
export function OutsideLink({ url, label, className, children }: OutsideLinkProps) {
  const address = webAddress(url);
  if (address === null) return <span>{children}</span>;
  return (
    <a
      href={address}
      target="_blank"
      rel="noreferrer"
      {...(label !== undefined && { 'aria-label': `${label} (opens a new page)` })}
      className={className}
    >
      {children}
    </a>
  );
}
