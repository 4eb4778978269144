"""The command line: a thin door.

Exit status: 0 verified, 1 not verified, 2 the input could not be used, 70 a fault of ours, 130 stopped by Ctrl-C.

Every command imports what it needs when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import errno
import sys
import traceback

import click

from apexproof import __version__
from apexproof.commands.audit import audit
from apexproof.commands.backup import backup, restore
from apexproof.commands.blobs import blobs
from apexproof.commands.config import config
from apexproof.commands.dicom_listen import dicom_listen
from apexproof.commands.failures import Unusable
from apexproof.commands.inbox import inbox
from apexproof.commands.inspect import inspect
from apexproof.commands.jobs import jobs
from apexproof.commands.keys import keys
from apexproof.commands.migrate import migrate
from apexproof.commands.replay import replay
from apexproof.commands.report import report
from apexproof.commands.reprocess import reprocess
from apexproof.commands.retention import retention
from apexproof.commands.rules import checks, policies
from apexproof.commands.serve import serve
from apexproof.commands.verify import verify
from apexproof.commands.watch import watch
from apexproof.commands.webhooks import webhooks
from apexproof.errors import ApexproofError

BROKEN = 70  # EX_SOFTWARE of sysexits.h


class Door(click.Group):
    """The commands; whatever breaks down in one ends with a status of its own, never with that of an answer."""

    def invoke(self, context: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except ApexproofError as error:
            raise Unusable(str(error)) from None
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read the answer has seen enough
                raise
            raise Unusable(f"The answer cannot be written: {error.strerror}.") from None
        except Exception:  # noqa: BLE001 - it is printed whole, and ends with a status of its own
            traceback.print_exc()
            click.echo("apexproof: This is a fault of apexproof, not of the input; please report it.", err=True)
            sys.exit(BROKEN)


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="apexproof")
def main() -> None:
    """Verify that the radiographs attached to a D3351 dental claim prove what the claim says.

    \b
    Examples:
      apexproof verify claim.json images/            what must be fixed before it is sent?
      apexproof verify claim.json pa8.dcm --policy practice
      apexproof verify claim.json images/ --format json --output result.json
      apexproof inspect images/                      what do the files themselves say?
      apexproof checks APX401                        what does this check look for?
      apexproof watch IN OUT                         verify whatever is dropped into a folder
      apexproof serve                                the same as a service, for every claim that comes
    """


for _command in (
    verify,
    inspect,
    checks,
    policies,
    watch,
    serve,
    dicom_listen,
    inbox,
    migrate,
    config,
    keys,
    jobs,
    reprocess,
    report,
    webhooks,
    audit,
    replay,
    retention,
    blobs,
    backup,
    restore,
):
    main.add_command(_command)

if __name__ == "__main__":
    main()
