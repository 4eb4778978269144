"""The commands of reports: what is missing, how claims stand, and those that are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apexproof.commands.output import OUTPUT, destination

if TYPE_CHECKING:
    from apexproof.report import ReportKind, Selection

_ORGANISATION = click.option("--organisation", default="main", show_default=True, metavar="NAME", help="Whose claims.")
_PAYER = click.option("--payer", metavar="ID", help="Only claims to this payer.")
_PROVIDER = click.option("--provider", metavar="NPI", help="Only claims of this billing provider.")
_FROM = click.option("--visited-from", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="First day of the visit.")
_UNTIL = click.option("--visited-until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Last day of it.")
_SHOWN = 100


@click.group()
def report() -> None:
    """Tell what is missing of which claim, since when and what to send; and how all claims stand.

    \b
    Examples:
      apexproof report missing-evidence --format html --output missing.html
      apexproof report missing-evidence --payer PAYER-1 --waiting-days 30
      apexproof report summary --format json
      apexproof report kept
    """


@report.command("missing-evidence")
@_ORGANISATION
@click.option("--format", "form", type=click.Choice(["csv", "json", "html", "pdf"]), default="csv", show_default=True)
@click.option("--outcome", type=click.Choice(["contradicted", "missing_evidence", "needs_review"]))
@_PAYER
@_PROVIDER
@click.option("--check", metavar="ID", help="Only claims in whose way this check stands.")
@_FROM
@_UNTIL
@click.option("--waiting-days", type=click.IntRange(min=0), metavar="N", help="Only claims that wait so long.")
@OUTPUT
def missing_evidence(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    organisation: str,
    form: str,
    outcome: str | None,
    payer: str | None,
    provider: str | None,
    check: str | None,
    visited_from: datetime | None,
    visited_until: datetime | None,
    waiting_days: int | None,
    output: Path | None,
) -> None:
    """List each claim that is not verified; those that wait longest come first."""
    from apexproof.report import ReportKind, Selection
    from apexproof.verification import Outcome

    selection = Selection(
        outcome=Outcome(outcome) if outcome else None,
        payer=payer,
        provider=provider,
        check=check,
        visited_from=visited_from.date() if visited_from else None,
        visited_until=visited_until.date() if visited_until else None,
        waiting_days=waiting_days,
    )
    _write(organisation, selection, ReportKind.MISSING_EVIDENCE, form, output)


@report.command("summary")
@_ORGANISATION
@click.option("--format", "form", type=click.Choice(["csv", "json", "html"]), default="csv", show_default=True)
@_PAYER
@_PROVIDER
@_FROM
@_UNTIL
@OUTPUT
def summary(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    organisation: str,
    form: str,
    payer: str | None,
    provider: str | None,
    visited_from: datetime | None,
    visited_until: datetime | None,
    output: Path | None,
) -> None:
    """Count the claims by outcome, check, payer, provider and month, with how many passed at first."""
    from apexproof.report import ReportKind, Selection

    selection = Selection(
        payer=payer,
        provider=provider,
        visited_from=visited_from.date() if visited_from else None,
        visited_until=visited_until.date() if visited_until else None,
    )
    _write(organisation, selection, ReportKind.SUMMARY, form, output)


@report.command("kept")
@_ORGANISATION
def kept(organisation: str) -> None:
    """List the latest reports that schedules had made (POST /v1/reports/schedules)."""
    from apexproof.settings import load_settings
    from apexproof.store.kept_reports import kept_reports
    from apexproof.store.schema import current_database

    with current_database(load_settings()).looking() as session:
        for row in kept_reports(session, organisation, before=None, most=_SHOWN):
            click.echo(f"{row.id}  {row.report}.{row.form}  {row.state}  as of {row.as_of:%Y-%m-%d %H:%M}")


@report.command("fetch")
@_ORGANISATION
@click.argument("number", type=click.IntRange(min=1))
@OUTPUT
def fetch(number: int, organisation: str, output: Path | None) -> None:
    """Fetch the kept report of that NUMBER."""
    from apexproof.audit_trail import note_command
    from apexproof.settings import load_settings
    from apexproof.store.kept_reports import ReportState, part, report_of
    from apexproof.store.schema import current_database

    database = current_database(load_settings())
    with database.writing() as session:
        now = datetime.now(UTC)
        note_command(session, "report fetch", organisation=organisation, thing=str(number), now=now)
        row = report_of(session, organisation, number)
    if row is None or row.state != ReportState.MADE:
        raise click.ClickException(f"The organisation '{organisation}' has no report {number} that is made.")
    with destination(output) as out:
        place = 0
        while True:
            with database.looking() as session:
                octets = part(session, number, place)
            if octets is None:
                return
            out.write(octets)
            place += 1


def _write(organisation: str, selection: Selection, kind: ReportKind, form: str, output: Path | None) -> None:
    from apexproof.audit_trail import note_command
    from apexproof.report import ReportForm
    from apexproof.reports import written
    from apexproof.settings import load_settings
    from apexproof.store.reports import Asked
    from apexproof.store.schema import current_database

    database = current_database(load_settings())
    asked = Asked(organisation=organisation, selection=selection, as_of=datetime.now(UTC))
    with database.writing() as session:
        note_command(session, "report", organisation=organisation, thing=kind, now=asked.as_of)
    with destination(output) as out:
        for piece in written(database.looking, asked, kind, ReportForm(form)):
            out.write(piece)
