import { Fixtures } from './fixtures.js';
import { StandIn, type StandInControl } from './stand-in.js';

/** The VPN status stand-in can also change its mind about the caller. */
export interface NordVpnControl extends StandInControl {
  /** What it says from now on; protected at first. */
  setProtected(isProtected: boolean): void;
}

/** NordVPN's public status endpoints, both hosts in one. */
export class NordVpnStandIn extends StandIn implements NordVpnControl {
  readonly #state: { isProtected: boolean };

  constructor(fixtures = new Fixtures('nordvpn'), state = { isProtected: true }) {
    const recorded = (name: string) => (): Response =>
      new Response(fixtures.text(`${name}.${state.isProtected ? 'protected' : 'unprotected'}.json`), {
        headers: { 'content-type': 'application/json' },
      });
    super({
      name: 'nordvpn',
      fixtures,
      addRoutes: (app) => {
        app.get('/v1/ips/info', recorded('ips-info'));
        app.get('/v1/helpers/ips/insights', recorded('insights'));
      },
      unknownPath: (c) => c.json({ errors: { code: 404, message: 'Not found' } }, 404),
    });
    this.#state = state;
  }

  setProtected(isProtected: boolean): void {
    this.#state.isProtected = isProtected;
  }
}
