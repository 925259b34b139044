import { clsx } from 'clsx';
import type { ComponentProps } from 'react';
import styles from './button.module.css';

type Look = 'primary' | 'secondary' | 'quiet' | 'danger';

interface ButtonLook {
  look?: Look;
  large?: boolean;
  /** Round, for one icon; needs an `aria-label`. */
  icon?: boolean;
}

/** The classes of a button, for links that look like one. */
export function buttonClass({ look = 'secondary', large = false, icon = false }: ButtonLook = {}): string {
  return clsx(styles['button'], styles[look], large && styles['large'], icon && styles['icon']);
}

export function Button({
  look,
  large,
  icon,
  className,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & ButtonLook) {
  const classes = buttonClass({
    ...(look === undefined ? {} : { look }),
    ...(large === undefined ? {} : { large }),
    ...(icon === undefined ? {} : { icon }),
  });
  return <button type={type} className={clsx(classes, className)} {...rest} />;
}
