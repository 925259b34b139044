#!/usr/bin/env python3
"""Seeds torrents with libtorrent, on loopback or the address given, until its standard input closes.

Reads one JSON object a line: {"do": "add", "torrent": BASE64 OF A .torrent FILE, "folder": DIR},
{"do": "remove", "infoHash": HEX}, {"do": "limit", "bytesPerSecond": N or null}, {"do": "stats"}, {"do": "ready?"}. Writes {"is": "ready"},
{"is": "stats", "uploadedBytes": N, "peers": N}.
"""
import base64
import json
import os
import signal
import sys
import time

import libtorrent as lt


def say(**message):
    print(json.dumps(message), flush=True)


def main():
    # A Ctrl-C in the terminal is meant for the parent; when that goes, standard input closes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    session = lt.session({
        'listen_interfaces': (sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1') + ':0', 'enable_dht': False, 'enable_lsd': False, 'enable_upnp': False,
        'enable_natpmp': False, 'enable_incoming_utp': False, 'enable_outgoing_utp': False,
        # All peers come from one address here.
        'allow_multiple_connections_per_ip': True, 'unchoke_slots_limit': -1,
        'rate_limit_ip_overhead': False, 'alert_mask': 0, 'stop_tracker_timeout': 1,
        # The limiter hands out its shares at each tick; the default of 500 ms would delay every first byte.
        'tick_interval': 20,
        # Under a limit, seconds of data must not wait in buffers.
        'send_buffer_watermark': 128 * 1024, 'send_buffer_low_watermark': 16 * 1024,
    })
    # Peers on local networks are exempt from limits unless their class is taken from them.
    everyone = lt.ip_filter()
    everyone.add_rule('0.0.0.0', '255.255.255.255', 1 << session.global_peer_class_id)
    session.set_peer_class_filter(everyone)

    torrents = []
    for line in sys.stdin:
        message = json.loads(line)
        if message['do'] == 'add':
            params = lt.add_torrent_params()
            params.ti = lt.torrent_info(lt.bdecode(base64.b64decode(message['torrent'])))
            params.save_path = message['folder']
            params.flags = lt.torrent_flags.seed_mode
            torrents.append(session.add_torrent(params))
        elif message['do'] == 'remove':
            for torrent in [one for one in torrents if str(one.info_hash()) == message['infoHash']]:
                torrents.remove(torrent)
                session.remove_torrent(torrent)
        elif message['do'] == 'limit':
            session.apply_settings({'upload_rate_limit': message['bytesPerSecond'] or 0})
        elif message['do'] == 'stats':
            status = [torrent.status() for torrent in torrents]
            say(**{'is': 'stats', 'uploadedBytes': sum(s.total_payload_upload for s in status),
                   'peers': sum(s.num_peers for s in status)})
        elif message['do'] == 'ready?':
            say(**{'is': 'ready'})

    # Tell the tracker that we go, but never wait long for it.
    session.pause()
    time.sleep(0.2)
    os._exit(0)


main()
