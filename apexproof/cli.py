"""The command line: a thin door.

Exit status: 0 verified, 1 not verified, 2 the input could not be used, 70 a fault of ours, 130 stopped by Ctrl-C.

Every command imports what it needs when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import click

from apexproof import __version__
from apexproof.audit_commands import audit
from apexproof.errors import ApexproofError
from apexproof.report_commands import report
from apexproof.reprocess_commands import reprocess
from apexproof.service import config, jobs, keys, migrate, serve
from apexproof.storage_commands import blobs, retention
from apexproof.watch_commands import watch
from apexproof.webhooks_commands import webhooks

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

    from apexproof.claim import AttachedFile
    from apexproof.intake import NamedPath
    from apexproof.reading.part import Depth

VERIFIED, NOT_VERIFIED, UNUSABLE = 0, 1, 2
BROKEN = 70  # EX_SOFTWARE of sysexits.h
STOPPED = 130  # as shells have it: 128 and the number of SIGINT
_PIPE_WIDTH = 110
_FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to answer."
)
_FORMAT_OF_VERIFICATIONS = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "pdf"]),
    default="text",
    show_default=True,
    help="How to answer: csv has a row for each D3351 line, pdf a page for each claim.",
)
_OUTPUT = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the answer to this file instead."
)


class _Unusable(click.ClickException):
    """One sentence on stderr, exit status 2."""

    exit_code = UNUSABLE

    def show(self, file: object = None) -> None:
        del file
        click.echo(f"apexproof: {self.message}", err=True)


class _Stopped(_Unusable):
    """Ctrl-C: a status of its own, so that no script takes it for an answer."""

    exit_code = STOPPED


class Door(click.Group):
    """The commands; whatever breaks down in one ends with a status of its own, never with that of an answer."""

    def invoke(self, context: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except ApexproofError as error:
            raise _Unusable(str(error)) from None
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read the answer has seen enough
                raise
            raise _Unusable(f"The answer cannot be written: {error.strerror}.") from None
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


@main.command()
@click.argument("claim")
@click.argument("files", nargs=-1, metavar="[FILE|FOLDER]...")
@click.option(
    "--policy",
    default="payer",
    show_default=True,
    metavar="NAME|FILE",
    help="Whose demands to judge by: see 'apexproof policies'.",
)
@click.option("--history", metavar="FILE", help="Earlier services of the patient and images of other claims (JSON).")
@click.option("--attestations", metavar="FILE", help="What persons settled, as docs/schema/attestations.json says.")
@click.option(
    "--words",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Read the words burned into the pictures: auto is as the policy says, mostly when a question is open.",
)
@_FORMAT_OF_VERIFICATIONS
@_OUTPUT
def verify(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    claim: str,
    files: tuple[str, ...],
    policy: str,
    history: str | None,
    attestations: str | None,
    words: str,
    form: str,
    output: Path | None,
) -> None:
    """Judge every D3351 line of CLAIM by the files that came with it.

    CLAIM is a claim document (docs/schema/claim.json) or an X12 837D interchange, told by its content, or - for
    standard input. Without FILE or FOLDER the attachments that it names are looked for beside it. Exit status: 0 every
    D3351 line is verified, 1 not all are or some claims were left out, 2 the input could not be used.

    \b
    Examples:
      apexproof verify claim.json
      apexproof verify claim.json images/ more/pa8.dcm --policy strict
      apexproof verify batch.837 images/ --format json --output result.json
      apexproof verify claim.json --format pdf --output claim.pdf
      apexproof verify - images/ --format json < claim.json
    """
    with _one_sentence():
        from apexproof.checks.table import demand_all_known
        from apexproof.claim import History
        from apexproof.formats.attestations import parse_attestations
        from apexproof.formats.claim_file import read_claim_file
        from apexproof.formats.native import parse_history
        from apexproof.formats.terminal.verification import show_verifications
        from apexproof.intake import check_in_depth, declared_files, gather
        from apexproof.policy import BurnedInWords, load_policy
        from apexproof.reading.part import Depth
        from apexproof.verification import Outcome

        in_force = load_policy(policy)
        demand_all_known(in_force)
        with _opened(claim) as stream:
            claim_file = read_claim_file(stream, origin=_origin(claim))
        claims = claim_file.claims
        known = parse_history(_content(history), origin=_origin(history)) if history else History()
        settled = parse_attestations(_content(attestations), origin=_origin(attestations)) if attestations else ()
        documents = [Path(path) for path in (claim, history, attestations) if path and path != "-"]
        _must_exist(files)
        if files:
            paths = gather(files, leave_out=documents)
        else:
            paths = declared_files(claims, Path(claim).parent) if claim != "-" else []
        named = {path.name: path for path in paths}
        checked = check_in_depth(
            claims,
            _read(paths),
            known,
            in_force,
            words=in_force.words.burned_in if words == "auto" else BurnedInWords(words),
            read_words=lambda open_files: [
                file.reading for file in _read([named[file.name] for file in open_files], depth=Depth.WORDS)
            ],
            attestations=settled,
        )
    with _destination(output) as out:
        if form != "text":
            from apexproof.formats.answer import verification_answer
            from apexproof.formats.verification_json import verification_document

            document = verification_document(checked.verifications, in_force, checked.unassigned, claim_file.faults)
            _write_octets(out, verification_answer(document, form))
        else:
            show_verifications(_console(out), checked.verifications, in_force, checked.unassigned)
    for fault in claim_file.faults:
        click.echo(f"{_origin(claim)}: {fault}", err=True)
    in_order = (Outcome.VERIFIED, Outcome.NOT_APPLICABLE)
    is_whole = not claim_file.faults and all(v.outcome in in_order for v in checked.verifications)
    sys.exit(VERIFIED if is_whole else NOT_VERIFIED)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|FOLDER...")
@click.option("--headers", is_flag=True, help="Read metadata only: no pixel is decoded.")
@click.option("--words", is_flag=True, help="Read the words burned into the pictures, too: about a second for each.")
@_FORMAT
@_OUTPUT
def inspect(files: tuple[str, ...], headers: bool, words: bool, form: str, output: Path | None) -> None:  # noqa: FBT001 - click passes flags
    """Show what each file says: every observation with its source and strength.

    \b
    Examples:
      apexproof inspect pa8.dcm
      apexproof inspect images/ --format json --output images.json
      apexproof inspect archive/ --headers
      apexproof inspect snip.png --words
    """
    with _one_sentence():
        from apexproof.formats.inspection_json import inspection_document
        from apexproof.formats.terminal.inspection import show_inspection
        from apexproof.intake import gather
        from apexproof.reading.part import Depth

        _must_exist(files)
        if headers and words:
            raise _Unusable("Words are read in the pixels, so --headers and --words exclude each other.")
        depth = Depth.HEADERS if headers else Depth.WORDS if words else Depth.PIXELS
        read = _read(gather(files), depth=depth)
    with _destination(output) as out:
        if form == "json":
            _write(out, inspection_document(read))
        else:
            show_inspection(_console(out), read)


@main.command()
@click.argument("check", required=False, metavar="[ID]")
@click.option("--policy", default="payer", show_default=True, metavar="NAME|FILE", help="Whose demands to show.")
def checks(check: str | None, policy: str) -> None:
    """List the checks, or show one with its documentation.

    \b
    Examples:
      apexproof checks
      apexproof checks APX401
    """
    with _one_sentence():
        from apexproof.checks.table import ALL_CHECKS, find_check
        from apexproof.formats.terminal.rules import show_check, show_checks
        from apexproof.policy import load_policy, policy_names

        console = _console(sys.stdout)
        if check is None:
            show_checks(console, ALL_CHECKS, load_policy(policy))
            return
        found = find_check(check)
        if found is None:
            raise _Unusable(f"There is no check '{check}'; 'apexproof checks' lists them.")
        show_check(console, found, [load_policy(name) for name in policy_names()])


@main.command()
@click.argument("name", required=False, metavar="[NAME|FILE]")
def policies(name: str | None) -> None:
    """List the policies, or show what one demands.

    \b
    Examples:
      apexproof policies
      apexproof policies strict
      apexproof policies my-payer.toml
    """
    with _one_sentence():
        from apexproof.checks.table import ALL_CHECKS, demand_all_known
        from apexproof.formats.terminal.rules import show_policies, show_policy
        from apexproof.policy import load_policy, policy_names

        console = _console(sys.stdout)
        if name is None:
            show_policies(console, [load_policy(known) for known in policy_names()])
            return
        policy = load_policy(name)
        demand_all_known(policy)
        show_policy(console, policy, ALL_CHECKS)


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Turn the errors that apexproof raises on purpose into one sentence on stderr and exit status 2."""
    try:
        yield
    except ApexproofError as error:
        raise _Unusable(str(error)) from None
    except KeyboardInterrupt:
        raise _Stopped("Stopped before the end; nothing was written.") from None


def _content(path: str) -> bytes:
    from apexproof.formats.native import LARGEST_DOCUMENT

    with _opened(path) as file:
        return file.read(LARGEST_DOCUMENT + 1)


@contextmanager
def _opened(path: str) -> Iterator[io.BufferedReader]:
    try:
        with sys.stdin.buffer if path == "-" else Path(path).open("rb") as file:
            yield file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", file))
    except FileNotFoundError:
        raise _Unusable(f"There is no file '{path}'.") from None
    except OSError as error:
        raise _Unusable(f"The file '{path}' cannot be read: {error.strerror}.") from None


def _origin(path: str) -> str:
    return "standard input" if path == "-" else path


def _must_exist(paths: Sequence[str]) -> None:
    for path in paths:
        if not os.path.lexists(path):
            raise _Unusable(f"There is no file or folder '{path}'.")


def _read(paths: Sequence[NamedPath], *, depth: Depth | None = None) -> list[AttachedFile]:
    """Read the files in processes of their own; a progress bar shows on a terminal and nowhere else."""
    from rich.progress import Progress

    from apexproof.claim import AttachedFile
    from apexproof.reading.part import Depth
    from apexproof.reading.sandbox import read_many

    if not paths:
        return []
    depth = depth or Depth.PIXELS
    processes = min(len(paths), os.cpu_count() or 1)
    readings = read_many([named.path for named in paths], processes=processes, depth=depth)
    with Progress(console=_console(sys.stderr), transient=True, disable=not sys.stderr.isatty()) as progress:
        followed = progress.track(readings, total=len(paths), description="Reading")
        return [AttachedFile(name=named.name, reading=reading) for named, reading in zip(paths, followed, strict=True)]


@contextmanager
def _destination(output: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that is there whole or not at all."""
    if output is None:
        yield sys.stdout
        return
    unfinished = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            yield file
        unfinished.replace(output)
    except OSError as error:
        raise _Unusable(f"The answer cannot be written to '{output}': {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _console(out: TextIO) -> Console:
    from rich.console import Console

    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="replace")  # a terminal that has no tick shows a question mark
    return Console(file=out, width=None if out.isatty() else _PIPE_WIDTH, highlight=False, emoji=False, markup=False)


def _write(out: TextIO, document: BaseModel) -> None:
    """Write JSON as UTF-8 whatever the terminal's encoding is: the same input gives the same bytes."""
    _write_octets(out, document.model_dump_json(indent=2).encode() + b"\n")


def _write_octets(out: TextIO, octets: bytes) -> None:
    out.flush()
    out.buffer.write(octets)
    out.buffer.flush()


for _command in (watch, serve, migrate, config, keys, jobs, reprocess, report, webhooks, audit, retention, blobs):
    main.add_command(_command)

if __name__ == "__main__":
    main()
