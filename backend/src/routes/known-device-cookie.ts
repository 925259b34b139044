import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { User } from '../entities/user.entity.js';
import type { AppEnv } from '../middleware/app-env.js';
import type { KnownDevice, KnownDevices } from '../services/auth/known-devices.js';

const name = 'kinora_known_device';
/** Browsers keep no cookie longer than 400 days (RFC 6265bis section 5.5). */
const maxAge = 400 * 24 * 60 * 60;

/** The cookie by which a browser is recognised that has signed in before. It stays after signing out, on purpose. */
export class KnownDeviceCookie {
  private readonly prefix: 'secure' | undefined;

  constructor(
    private readonly devices: KnownDevices,
    https: boolean,
  ) {
    this.prefix = https ? 'secure' : undefined;
  }

  read(context: Context<AppEnv>): KnownDevice | null {
    return this.devices.read(getCookie(context, name, this.prefix));
  }

  /** Writes that the user has signed in here, unless the browser has that already. */
  write(context: Context<AppEnv>, user: User): void {
    const device = this.read(context);
    if (this.devices.isKnown(device, user)) return;
    const secure = this.prefix === 'secure';
    setCookie(context, name, this.devices.remember(device, user), {
      path: '/api/auth',
      httpOnly: true,
      sameSite: 'Strict',
      secure,
      maxAge,
      ...(secure && { prefix: 'secure' as const }),
    });
  }
}
