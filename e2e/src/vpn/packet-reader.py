# Prints each packet that crosses an interface, one a line, in hexadecimal, until it is ended. For each line it is given
# it sends one more packet of each conversation (TCP and UDP) that was seen: packets that come late. For "open" it leaves out
# the conversations that have ended; for "all" it also begins one connection to each of the other side's ports.
import select
import socket
import struct
import sys

ETH_P_ALL = 3
TCP, UDP = 6, 17
PSH_ACK = 0x18
SYN = 0x02
FIN_OR_RST = 0x05


def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def sealed(frame, inner):
    head = bytearray(struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(inner), 0, 0, 64, frame[23], 0) + frame[26:34])
    head[10:12] = struct.pack('!H', checksum(bytes(head)))
    return frame[:14] + bytes(head) + bytes(inner)


def tcp(frame, ports, rest):
    inner = bytearray(ports + rest)
    pseudo = frame[26:34] + struct.pack('!HH', TCP, len(inner))
    inner[16:18] = struct.pack('!H', checksum(pseudo + bytes(inner) + bytes(len(inner) % 2)))
    return sealed(frame, inner)


def opening(frame, port):
    # A first packet from a port of ours to one of theirs; its answer is never answered.
    return tcp(frame, struct.pack('!H', port) + frame[36:38], struct.pack('!IIBBHHH', 1, 0, 5 << 4, SYN, 65535, 0, 0))


def late(frame):
    # Recorded packets may be larger than the wire takes, and their sums are left to the hardware: so it is made anew,
    # with the same numbers and two bytes of payload.
    if frame[23] == TCP:
        return tcp(frame, frame[34:38], frame[38:46] + bytes([5 << 4, PSH_ACK]) + frame[48:50] + bytes(4) + b'xx')
    return sealed(frame, frame[34:38] + struct.pack('!HH', 10, 0) + b'xx')


wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
wire.bind((sys.argv[1], 0))
last, ended = {}, {}
sent = 0
print('ready', flush=True)
while True:
    ready, _, _ = select.select([wire, sys.stdin], [], [])
    if sys.stdin in ready:
        which = sys.stdin.readline().strip()
        if not which:
            break
        frames = [late(frame) for frame in last.values()]
        if which == 'all':
            frames += [late(frame) for frame in ended.values()]
            targets = {frame[36:38]: frame for frame in list(last.values()) + list(ended.values()) if frame[23] == TCP}
            for frame in targets.values():
                sent += 1
                frames.append(opening(frame, 20000 + sent % 40000))
        for frame in frames:
            try:
                wire.send(frame)
            except OSError:
                # The interface is down.
                pass
        print('again', len(frames), flush=True)
    if wire in ready:
        try:
            frame, (_, _, direction, _, _) = wire.recvfrom(65535)
        except OSError:
            # The interface went down; it may come up again.
            continue
        is_out = direction == socket.PACKET_OUTGOING
        if frame[12:15] == b'\x08\x00\x45' and frame[23] in (TCP, UDP):
            theirs, ours = frame[26:30] + frame[34:36], frame[30:34] + frame[36:38]
            conversation = (frame[23], theirs + ours if is_out else ours + theirs)
            if frame[23] == TCP and frame[47] & FIN_OR_RST:
                last.pop(conversation, None)
                if is_out:
                    ended[conversation] = frame[:64]
            elif is_out:
                last[conversation] = frame[:64]
        print('out' if is_out else 'in', frame.hex(), flush=True)
