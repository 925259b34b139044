# Prints each packet that crosses an interface, one a line, in hexadecimal, until it is ended. For each line it is given
# it sends one more packet of each conversation (TCP and UDP) that is open: packets that come late.
import select
import socket
import struct
import sys

ETH_P_ALL = 3
TCP, UDP = 6, 17
PSH_ACK = 0x18
FIN_OR_RST = 0x05


def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def late(frame):
    # Recorded packets may be larger than the wire takes, and their sums are left to the hardware: so it is made anew,
    # with the same numbers and two bytes of payload.
    ends = frame[26:34]
    if frame[23] == TCP:
        inner = bytearray(frame[34:46] + bytes([5 << 4, PSH_ACK]) + frame[48:50] + bytes(4) + b'xx')
        pseudo = ends + struct.pack('!HH', TCP, len(inner))
        inner[16:18] = struct.pack('!H', checksum(pseudo + bytes(inner)))
    else:
        inner = frame[34:38] + struct.pack('!HH', 10, 0) + b'xx'
    head = bytearray(struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(inner), 0, 0, 64, frame[23], 0) + ends)
    head[10:12] = struct.pack('!H', checksum(bytes(head)))
    return frame[:14] + bytes(head) + bytes(inner)


wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
wire.bind((sys.argv[1], 0))
last = {}
print('ready', flush=True)
while True:
    ready, _, _ = select.select([wire, sys.stdin], [], [])
    if sys.stdin in ready:
        if not sys.stdin.readline():
            break
        for frame in list(last.values()):
            wire.send(late(frame))
        print('again', len(last), flush=True)
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
            elif is_out:
                last[conversation] = frame[:64]
        print('out' if is_out else 'in', frame.hex(), flush=True)
