"""Audit trail: what a command of this machine leaves in it."""

from __future__ import annotations

import os
import socket
from datetime import datetime

from sqlalchemy.orm import Session

from apexproof.store.audit import Entry, note


def operator() -> str:
    """Who gives the command, by their number: a name would have to be looked up, which may fail."""
    return f"uid {os.getuid()}"


def note_command(session: Session, command: str, *, organisation: str, thing: str, now: datetime) -> None:
    """Leave the entry of a command, in the transaction of what it does."""
    entry = Entry(
        organisation=organisation,
        actor=operator(),
        action=f"apexproof {command}",
        thing=thing,
        address=socket.gethostname(),
    )
    note(session, entry, now=now)
