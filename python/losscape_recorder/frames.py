"""Frames: kind, length, body, crc. What recordings and talks with an evaluator are made of (docs/recordings.md)."""

import json
import struct
import zlib

RECORDING = b"\x89LSR\r\n\x1a\n"
TALK = b"\x89LSE\r\n\x1a\n"

HEADER, CHECKPOINT, LOSS, WORDS, END = 1, 2, 3, 4, 5
TOKEN, HELLO, PLAN, REQUEST, ANSWER, GRADIENT_REQUEST, GRADIENT, ERROR = 16, 17, 18, 19, 20, 21, 22, 23

LONGEST = 1 << 31

HEAD = struct.Struct("<BQ")
_CRC = struct.Struct("<I")


class Damaged(Exception):
    """Bytes that are no whole frame though there are enough of them."""


class CutOff(Exception):
    """The bytes end within a frame."""


def pieces(kind, *body):
    """The frame as a list of bytes-like pieces, so that a large body is not copied."""
    body = [memoryview(part).cast("B") for part in body if memoryview(part).nbytes]
    head = HEAD.pack(kind, sum(len(part) for part in body))
    crc = zlib.crc32(head)
    for part in body:
        crc = zlib.crc32(part, crc)
    return [head, *body, _CRC.pack(crc)]


def pack(kind, *body):
    """The frame as bytes."""
    return b"".join(pieces(kind, *body))


def pack_json(kind, content):
    """A frame whose body is a JSON object."""
    return pack(kind, json.dumps(content, ensure_ascii=False).encode())


def read(stream):
    """The next frame `(kind, body)` of a stream, or None where it ends between two frames.

    Raises `CutOff` where it ends within one and `Damaged` where crc or length are wrong.
    """
    head = stream.read(HEAD.size)
    if not head:
        return None
    if len(head) < HEAD.size:
        raise CutOff
    kind, length = HEAD.unpack(head)
    if length > LONGEST:
        raise Damaged(f"a frame of {length} bytes; expected at most {LONGEST}")
    body = stream.read(length)
    if len(body) < length:
        raise CutOff
    crc = stream.read(_CRC.size)
    if len(crc) < _CRC.size:
        raise CutOff
    if _CRC.unpack(crc)[0] != zlib.crc32(body, zlib.crc32(head)):
        raise Damaged("a frame whose check sum is wrong")
    return kind, body
