"""The child of a sandbox: a process that reads one file after the other and says what it finds, line by line.

Its standard input is the socket to the sandbox. What libraries write to standard output or standard error goes nowhere:
it may quote the file.
"""

from __future__ import annotations

import base64
import gc
import os
import signal
import socket
import warnings
from collections.abc import Iterator

from apexproof.errors import ReadingFailed
from apexproof.priority import give_way
from apexproof.radiograph import Radiograph, ReadingFault
from apexproof.reading.attempt import out_of_memory
from apexproof.reading.confinement import confine
from apexproof.reading.drawing import Wanted
from apexproof.reading.messages import (
    LIMITS,
    REQUESTS,
    Begun,
    Broken,
    Done,
    Drawn,
    Entered,
    Failed,
    Ready,
    Request,
    Seen,
    line,
)
from apexproof.reading.part import Limits
from apexproof.reading.reader import Content, load, read_content

_STEP = 65536
_ROOM = 16 * 1024**2
_GIVES_WAY = 5  # others go first; it still gets a quarter of a core that they want, below a worker's own 10 a thirtieth
_GRACE = 5.0  # seconds; the sandbox acts first, this is for when it is gone


def main() -> None:
    """Serve the sandbox on standard input until it hangs up."""
    channel = socket.socket(fileno=os.dup(0))
    os.dup2(1, 0)
    try:
        _import_readers()
    except Exception as error:  # noqa: BLE001 - whatever it is, the sandbox should hear of it
        channel.sendall(line(Broken(reason=f"{type(error).__name__}: {error}")))
        return
    asked = _asked(channel)
    first, _ = next(asked)
    limits = LIMITS.decode(first)
    give_way(_GIVES_WAY)
    confine(memory_bytes=limits.memory_bytes)
    bytearray(_ROOM)  # where not even that is left, no file is to blame: it ends before it is ready
    channel.sendall(line(Ready()))
    for asked_for, descriptor in asked:
        _serve(channel, REQUESTS.decode(asked_for), descriptor, limits)


def _import_readers() -> None:
    """Import everything that reading needs while modules may still be compiled and kept.

    All of it stays, so the garbage collector goes through none of it: that took a tenth of the start.
    """
    gc.disable()
    import cv2  # noqa: PLC0415 - after the socket is in place, so that the sandbox hears of a failure
    from PIL import Image  # noqa: PLC0415 - likewise

    import apexproof.reading.archive  # noqa: PLC0415 - likewise
    import apexproof.reading.dicom.file  # noqa: PLC0415 - likewise
    import apexproof.reading.pdf  # noqa: PLC0415 - likewise
    import apexproof.reading.raster  # noqa: F401, PLC0415 - likewise
    from apexproof.reading.view import view_model  # noqa: PLC0415 - likewise

    view_model()
    cv2.setNumThreads(1)
    Image.init()
    warnings.simplefilter("ignore")
    gc.freeze()
    gc.enable()


def _asked(channel: socket.socket) -> Iterator[tuple[bytes, int]]:
    """Each line from the sandbox, with the descriptor that came with it (-1: none)."""
    heard, descriptor = bytearray(), -1
    while True:
        step, descriptors, _, _ = socket.recv_fds(channel, _STEP, 1)
        if not step:
            return
        descriptor = descriptors[0] if descriptors else descriptor
        heard += step
        if heard.endswith(b"\n"):
            yield bytes(heard), descriptor
            heard, descriptor = bytearray(), -1


def _serve(channel: socket.socket, request: Request, descriptor: int, limits: Limits) -> None:
    skip = frozenset(request.skip)

    def enter(place: str) -> bool:
        if place in skip:
            return False
        # Should this part never end while the sandbox is gone, the kernel ends the process.
        signal.setitimer(signal.ITIMER_REAL, limits.clock_seconds + _GRACE)
        channel.sendall(line(Entered(place=place)))
        return True

    try:
        content = load(descriptor, limits)
    except ReadingFailed as error:
        channel.sendall(line(Failed(fault=ReadingFault(fault=error.fault, message=str(error)))) + line(Done()))
        return
    except MemoryError:
        channel.sendall(line(Failed(fault=out_of_memory(""))) + line(Done()))
        return
    finally:
        os.close(descriptor)
    channel.sendall(line(Begun(size=len(content.octets), kind=content.kind)))
    if request.wanted is not None:
        enter("")
        channel.sendall(line(_drawn(content, request.wanted, limits)) + line(Done()))
        signal.setitimer(signal.ITIMER_REAL, 0)
        return
    for found in read_content(content, limits=limits, depth=request.depth, enter=enter):
        channel.sendall(_line_of_finding(found))
    signal.setitimer(signal.ITIMER_REAL, 0)
    channel.sendall(line(Done(sha256=content.sha256)))


def _drawn(content: Content, wanted: Wanted, limits: Limits) -> Drawn | Failed:
    from apexproof.reading.preview import draw_content  # noqa: PLC0415 - once somebody looks at a picture

    try:
        drawing = draw_content(content, wanted, limits=limits)
    except ReadingFailed as error:
        return Failed(fault=ReadingFault(fault=error.fault, message=str(error), place=wanted.place))
    samples = base64.b64encode(drawing.samples).decode("ascii")
    return Drawn(width=drawing.width, height=drawing.height, samples=samples)


def _line_of_finding(found: Radiograph | ReadingFault) -> bytes:
    try:
        return line(Seen(radiograph=found) if isinstance(found, Radiograph) else Failed(fault=found))
    except ValueError:  # a text that is no text, such as half a surrogate pair
        fault = ReadingFault(
            fault="corrupt",
            message="What this says of itself cannot be written down; export the image again.",
            place=found.place.encode("utf-8", "replace").decode("utf-8"),
        )
        return line(Failed(fault=fault))
