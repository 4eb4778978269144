"""What the files themselves say: inspect."""

from __future__ import annotations

from pathlib import Path

import click

from apexproof.commands.failures import Unusable, one_sentence
from apexproof.commands.input import must_exist, read
from apexproof.commands.output import FORMAT, OUTPUT, console, destination, json_octets, written


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|FOLDER...")
@click.option("--headers", is_flag=True, help="Read metadata only: no pixel is decoded.")
@click.option("--words", is_flag=True, help="Read the words burned into the pictures, too: about a second for each.")
@FORMAT
@OUTPUT
def inspect(files: tuple[str, ...], headers: bool, words: bool, form: str, output: Path | None) -> None:  # noqa: FBT001 - click passes flags
    """Show what each file says: every observation with its source and strength.

    \b
    Examples:
      apexproof inspect pa8.dcm
      apexproof inspect images/ --format json --output images.json
      apexproof inspect archive/ --headers
      apexproof inspect snip.png --words
    """
    with one_sentence():
        from apexproof.formats.inspection_json import inspection_document
        from apexproof.formats.terminal.inspection import show_inspection
        from apexproof.intake import gather
        from apexproof.reading.part import Depth

        must_exist(files)
        if headers and words:
            raise Unusable("Words are read in the pixels, so --headers and --words exclude each other.")
        depth = Depth.HEADERS if headers else Depth.WORDS if words else Depth.PIXELS
        files_read = read(gather(files), depth=depth)
    if form == "json":
        with destination(output) as out:
            out.write(json_octets(inspection_document(files_read)))
    else:
        with written(output) as text:
            show_inspection(console(text), files_read)
