#!/usr/bin/env python3
"""libtorrent, in order and with piece deadlines, behind a small HTTP server for ranges."""
import json
import os
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import libtorrent as lt

WINDOW = 16 * 1024 * 1024
news = threading.Condition()
whole = set()
contents = {}
described = threading.Event()
film = {}
session = lt.session({
    "listen_interfaces": "127.0.0.1:0",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "in_enc_policy": 2,
    "out_enc_policy": 2,
    "enable_outgoing_utp": False,
    "enable_incoming_utp": False,
    "allow_multiple_connections_per_ip": True,
    "smooth_connects": False,
    "connection_speed": 500,
    "tick_interval": 100,
    "request_timeout": 10,
    "piece_timeout": 5,
    "alert_queue_size": 100000,
    "alert_mask": lt.alert.category_t.status_notification
    | lt.alert.category_t.storage_notification
    | lt.alert.category_t.piece_progress_notification,
})


def listen():
    while True:
        session.wait_for_alert(1000)
        with news:
            for alert in session.pop_alerts():
                kind = type(alert).__name__
                if kind == "piece_finished_alert":
                    whole.add(alert.piece_index)
                elif kind == "read_piece_alert":
                    contents[alert.piece] = alert.buffer
                elif kind == "metadata_received_alert":
                    described.set()
            news.notify_all()


def piece(index):
    with news:
        while index not in whole:
            news.wait(1)
    film["handle"].read_piece(index)
    with news:
        while index not in contents:
            news.wait(1)
        return contents.pop(index)


class Range(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        info, handle = film["info"], film["handle"]
        size, unit = info.total_size(), info.piece_length()
        asked = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "bytes=0-"))
        start, end = int(asked[1]), int(asked[2]) if asked[2] else size - 1
        self.send_response(206)
        self.send_header("Content-Length", str(end - start + 1))
        self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.end_headers()
        first, last = start // unit, end // unit
        handle.clear_piece_deadlines()
        marked = first
        try:
            for index in range(first, last + 1):
                while marked <= min(last, index + max(2, WINDOW // unit)):
                    if marked not in whole:
                        handle.set_piece_deadline(marked, (marked - first) * 50)
                    marked += 1
                data = memoryview(piece(index))
                self.wfile.write(data[max(0, start - index * unit):min(len(data), end + 1 - index * unit)])
        except OSError:
            self.close_connection = True


def play(source, folder):
    if source.startswith("magnet:"):
        params = lt.parse_magnet_uri(source)
    else:
        params = lt.add_torrent_params()
        params.ti = lt.torrent_info(source)
        described.set()
    params.save_path = folder
    params.flags = lt.torrent_flags.sequential_download
    handle = session.add_torrent(params)
    described.wait()
    film.update(handle=handle, info=handle.torrent_file())
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)


server = ThreadingHTTPServer(("127.0.0.1", 0), Range)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
threading.Thread(target=listen, daemon=True).start()
print("ready", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    threading.Thread(target=play, args=(order["source"], order["folder"]), daemon=True).start()
os._exit(0)
