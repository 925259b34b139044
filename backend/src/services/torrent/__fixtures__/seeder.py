"""A seeder that shares no code with the engine (libtorrent): seeder.py TORRENT FOLDER; ends with its standard input.

It prints its port once it seeds. RATE (bytes per second) limits its upload.
"""
import os
import sys
import time

import libtorrent as lt

session = lt.session({
    'listen_interfaces': '127.0.0.1:0',
    'enable_dht': False,
    'enable_lsd': False,
    'enable_upnp': False,
    'enable_natpmp': False,
    'allow_multiple_connections_per_ip': True,
    'upload_rate_limit': int(os.environ.get('RATE', '0')),
    'alert_mask': 0,
})
params = lt.add_torrent_params()
params.ti = lt.torrent_info(sys.argv[1])
params.save_path = sys.argv[2]
params.flags = lt.torrent_flags.seed_mode
handle = session.add_torrent(params)
# The rate limit spares local addresses unless they are put into the global peer class.
filter_ = lt.ip_filter()
filter_.add_rule('0.0.0.0', '255.255.255.255', 1 << int(lt.session.global_peer_class_id))
session.set_peer_class_filter(filter_)
while not handle.status().is_seeding:
    time.sleep(0.01)
print(session.listen_port(), flush=True)
sys.stdin.read()
