"""DICOM over its own network protocol: dicom-listen."""

from __future__ import annotations

import os
import sys

import click


@click.command("dicom-listen")
def dicom_listen() -> None:
    """Receive DICOM images by C-STORE. Who may send is set by APEXPROOF_DICOM_SENDERS; Ctrl-C ends it.

    \b
    Examples:
      APEXPROOF_DICOM_SENDERS='XRAY1=main@10.20.0.0/16' apexproof dicom-listen
    """
    os.execv(sys.executable, [sys.executable, "-m", "worker.dicom_listener"])  # noqa: S606 - our own program
