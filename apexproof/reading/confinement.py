"""Confinement: what a process gives up before it looks at a stranger's file.

Two layers. Resource limits hold on every Unix. Landlock (Linux 5.13 and newer, no privilege needed) takes from the
process every file but Python's own: it can write nowhere, start nothing, and connect to nothing by TCP (Linux 6.7).
Where the kernel has no Landlock the process keeps the rights of its user, as a reader without a sandbox would.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import struct
import sys
import sysconfig
from pathlib import Path

_PR_SET_NO_NEW_PRIVS = 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION_ASKED = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# The first ABI version in which each right is known (linux/landlock.h); an older kernel refuses what it does not know.
_FILE_RIGHTS = ((1, 0b1_1111_1111_1111), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))
_TCP_RIGHTS = ((4, 0b11),)
_SCOPES = ((6, 0b11),)  # signals and abstract sockets of others
_OPEN_FILES = 64


def confine(*, memory_bytes: int) -> bool:
    """Give up what a reader of files does not need, for good; True when the kernel also closed the file system.

    Everything that is needed later, Python's modules apart, has to be open by now.
    """
    _limit(resource.RLIMIT_CORE, 0)  # a core dump would hold patient data
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_AS, memory_bytes)
    return _close_file_system()


def _limit(kind: int, most: int) -> None:
    """Set a limit. macOS refuses RLIMIT_AS: there the checks of the readers and the clock are what is left."""
    with contextlib.suppress(OSError, ValueError):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _close_file_system() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_ASKED)
    except AttributeError:  # not Linux
        return False
    if version < 1 or libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    handled = struct.pack("QQQ", *(_known(rights, version) for rights in (_FILE_RIGHTS, _TCP_RIGHTS, _SCOPES)))
    ruleset = libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(_size_of_handled(version)), 0)
    if ruleset < 0:
        return False
    for folder in _python_folders():
        _allow_reading(libc, ruleset, folder)
    closed = bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    os.close(ruleset)
    return closed


def _known(rights: tuple[tuple[int, int], ...], version: int) -> int:
    known = 0
    for since, bits in rights:
        known |= bits if version >= since else 0
    return known


def _size_of_handled(version: int) -> int:
    """The size of struct landlock_ruleset_attr in that version: file rights, then TCP rights, then scopes."""
    if version < _TCP_RIGHTS[0][0]:
        return 8
    return 16 if version < _SCOPES[0][0] else 24


def _python_folders() -> frozenset[Path]:
    """Where Python's modules lie: codecs, decoders and parts of libraries are imported when the first file needs them.

    Libraries that lie elsewhere (of the system, below a virtual environment) are found by what was imported already.
    """
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    usual = {Path(sysconfig.get_path(name)) for name in names}
    loaded = {Path(folder) for module in tuple(sys.modules.values()) for folder in getattr(module, "__path__", ())}
    elsewhere = {folder for folder in loaded if not usual.intersection(folder.parents)}
    return frozenset(usual | {folder for folder in elsewhere if not elsewhere.intersection(folder.parents)})


def _allow_reading(libc: ctypes.CDLL, ruleset: int, folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    rule = struct.pack("=Qi", _READ_FILE | _READ_DIR, descriptor)
    libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    os.close(descriptor)
