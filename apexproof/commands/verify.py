"""The main job on the command line: verify."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from apexproof.commands.failures import one_sentence
from apexproof.commands.input import content, must_exist, opened, origin, read
from apexproof.commands.output import OUTPUT, console, destination, written

VERIFIED, NOT_VERIFIED = 0, 1
_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "pdf", "fhir"]),
    default="text",
    show_default=True,
    help="How to answer: csv has a row for each D3351 line, pdf a page for each claim, fhir is an OperationOutcome.",
)


@click.command()
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
@_FORMAT
@OUTPUT
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

    CLAIM is a claim document (docs/schema/claim.json), an X12 837D interchange or a FHIR R4 Claim or Bundle, told by
    its content, or - for standard input. Without FILE or FOLDER the attachments that it names are looked for beside it.
    Exit status: 0 every D3351 line is verified, 1 not all are or some claims were left out, 2 the input could not be
    used.

    \b
    Examples:
      apexproof verify claim.json
      apexproof verify claim.json images/ more/pa8.dcm --policy strict
      apexproof verify batch.837 images/ --format json --output result.json
      apexproof verify claim.json --format pdf --output claim.pdf
      apexproof verify - images/ --format json < claim.json
    """
    with one_sentence(), TemporaryDirectory(prefix="apexproof-") as folder:
        from apexproof.checks.table import demand_all_known
        from apexproof.claim import History
        from apexproof.formats.attestations import parse_attestations
        from apexproof.formats.claim_file import read_claim_file
        from apexproof.formats.native import parse_history
        from apexproof.formats.terminal.verification import show_verifications
        from apexproof.intake import NamedPath, check_in_depth, declared_files, gather
        from apexproof.policy import BurnedInWords, load_policy
        from apexproof.reading.part import Depth
        from apexproof.verification import Outcome

        in_force = load_policy(policy)
        demand_all_known(in_force)
        with opened(claim) as stream:
            claim_file = read_claim_file(stream, origin=origin(claim), unpack=Path(folder))
        claims = claim_file.claims
        known = parse_history(content(history), origin=origin(history)) if history else History()
        settled = parse_attestations(content(attestations), origin=origin(attestations)) if attestations else ()
        documents = [Path(path) for path in (claim, history, attestations) if path and path != "-"]
        must_exist(files)
        if files:
            paths = gather(files, leave_out=documents)
        else:
            paths = declared_files(claims, Path(claim).parent) if claim != "-" else []
        paths += [NamedPath(path=file.path, name=file.name) for file in claim_file.files]
        named = {path.name: path for path in paths}
        checked = check_in_depth(
            claims,
            read(paths),
            known,
            in_force,
            words=in_force.words.burned_in if words == "auto" else BurnedInWords(words),
            read_words=lambda open_files: [
                file.reading for file in read([named[file.name] for file in open_files], depth=Depth.WORDS)
            ],
            attestations=settled,
        )
    if form == "text":
        with written(output) as text:
            show_verifications(console(text), checked.verifications, in_force, checked.unassigned)
    else:
        from apexproof.formats.answer import verification_answer
        from apexproof.formats.verification_json import verification_document

        document = verification_document(checked.verifications, in_force, checked.unassigned, claim_file.faults)
        with destination(output) as out:
            out.write(verification_answer(document, form))
    for fault in claim_file.faults:
        click.echo(f"{origin(claim)}: {fault}", err=True)
    in_order = (Outcome.VERIFIED, Outcome.NOT_APPLICABLE)
    is_whole = not claim_file.faults and all(v.outcome in in_order for v in checked.verifications)
    sys.exit(VERIFIED if is_whole else NOT_VERIFIED)
