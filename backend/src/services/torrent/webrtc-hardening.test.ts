import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import WebSocketTracker, { type WebRtcPeer } from 'bittorrent-tracker/websocket-tracker';
import { hardenWebRtc } from './webrtc-hardening.js';

const peers: (WebRtcPeer & { destroy(): void })[] = [];

afterEach(() => {
  for (const peer of peers.splice(0)) peer.destroy();
});

function newPeer(options?: { initiator?: boolean }) {
  const client = Object.assign(Object.create(WebSocketTracker.prototype) as WebSocketTracker, {
    client: { _rtcConfig: { iceServers: [] }, emit: () => false },
  });
  const peer = client._createPeer(options) as WebRtcPeer & { destroy(): void };
  peers.push(peer);
  let timeouts = 0;
  peer.on('iceTimeout', () => (timeouts += 1));
  return { peer, hadTimeout: () => timeouts > 0 };
}

describe('a WebRTC peer', () => {
  it('offers and answers as soon as its candidates are known, and not when the library grows tired of waiting', async () => {
    hardenWebRtc(true);
    const offering = newPeer({ initiator: true });
    const [offer] = (await once(offering.peer, 'signal')) as [{ sdp: string; type: string }];
    expect(offer.sdp).toContain('a=candidate:');
    const answering = newPeer();
    const told = once(answering.peer, 'signal');
    answering.peer.signal(offer);
    const [answer] = (await told) as [{ sdp: string }];
    expect(answer.sdp).toContain('a=candidate:');
    expect(offering.hadTimeout()).toBe(false);
    expect(answering.hadTimeout()).toBe(false);
  }, 60_000);
});
