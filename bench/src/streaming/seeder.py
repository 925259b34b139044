#!/usr/bin/env python3
"""Seeders of the streaming bench: libtorrent, one session an address, that share no code with any contestant.

make FILE TORRENT TRACKER PIECE_BYTES    writes the .torrent, prints its magnet
seed TORRENT FOLDER HOST:PORT,...        prints a line once all of them seed; ends with its parent
"""
import os
import sys
import time

import libtorrent as lt


def make(path, torrent, tracker, piece_bytes):
    files = lt.file_storage()
    lt.add_files(files, path)
    made = lt.create_torrent(files, piece_size=int(piece_bytes), flags=lt.create_torrent.v1_only)
    made.add_tracker(tracker)
    lt.set_piece_hashes(made, os.path.dirname(path))
    with open(torrent, "wb") as out:
        out.write(lt.bencode(made.generate()))
    print(lt.make_magnet_uri(lt.torrent_info(torrent)), flush=True)


def session_at(address, is_shaped):
    settings = {
        "listen_interfaces": address,
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "in_enc_policy": 2,
        "out_enc_policy": 2,
        "unchoke_slots_limit": -1,
        "enable_incoming_utp": False,
        "enable_outgoing_utp": False,
        "seeding_outgoing_connections": False,
        "allow_multiple_connections_per_ip": True,
        "max_allowed_in_request_queue": 2000,
        "alert_mask": 0,
    }
    if is_shaped:  # no seconds of film in buffers before the narrow link
        settings.update(send_socket_buffer_size=65536, send_buffer_watermark=65536, send_buffer_low_watermark=16384)
    return lt.session(settings)


def seed(torrent, folder, addresses):
    is_shaped = os.environ.get("SHAPED") == "1"
    with open(torrent, "rb") as file:
        info = lt.bdecode(file.read())[b"info"]
    seeding = []
    for address in addresses.split(","):
        session = session_at(address, is_shaped)
        params = lt.add_torrent_params()
        params.ti = lt.torrent_info({b"info": info})  # without trackers: the bench's own names them all
        params.save_path = folder
        params.flags = lt.torrent_flags.seed_mode | lt.torrent_flags.upload_mode
        seeding.append((session, session.add_torrent(params)))
    while not all(handle.status().is_seeding for _, handle in seeding):
        time.sleep(0.05)
    print("seeding", flush=True)
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)


{"make": make, "seed": seed}[sys.argv[1]](*sys.argv[2:])
