"""Verifications as a person reads them: what stands in the way first, then what is worth a look, then what holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from apexproof.checks.case import Evidence, Measure, Result
from apexproof.claim import AttachedFile, Exhibit
from apexproof.formats.terminal.text import counted, printable
from apexproof.policy import Policy
from apexproof.verification import Considered, Finding, LineVerification, Outcome, Verification

_OUTCOME_STYLE = {
    Outcome.VERIFIED: "bold green",
    Outcome.NEEDS_REVIEW: "bold yellow",
    Outcome.MISSING_EVIDENCE: "bold red",
    Outcome.CONTRADICTED: "bold red",
    Outcome.NOT_APPLICABLE: "bold",
}
_OUTCOME_WORDS = {
    Outcome.VERIFIED: "verified",
    Outcome.NEEDS_REVIEW: "needs review",
    Outcome.MISSING_EVIDENCE: "missing evidence",
    Outcome.CONTRADICTED: "contradicted",
    Outcome.NOT_APPLICABLE: "nothing to verify",
}
_OTHERS_SHOWN = 12
_RESULT_SIGN = {
    Result.PASS: ("✓", "green"),
    Result.FAIL: ("✗", "red"),
    Result.UNSURE: ("?", "yellow"),
    Result.NOT_APPLICABLE: ("-", "dim"),
    Result.CRASHED: ("!", "red"),
}


def show_verifications(
    console: Console, verifications: Sequence[Verification], policy: Policy, unassigned: Sequence[AttachedFile]
) -> None:
    """Print each claim with its lines, and a summary when there are several."""
    for verification in verifications:
        console.print(*_claim(verification, policy), sep="\n")
    if unassigned:
        names = ", ".join(printable(file.name) for file in unassigned)
        console.print(Text(f"No claim declares these files, so they were not used: {names}", "yellow"))
    if len(verifications) > 1:
        console.print(Rule("Summary", align="left", characters="─", style="dim"), _summary(verifications), sep="\n")


def _claim(verification: Verification, policy: Policy) -> Iterator[RenderableType]:
    claim = verification.claim
    yield Rule(Text(f"Claim {printable(claim.number)}", "bold"), align="left", characters="━", style="dim")
    outcome = Text(_OUTCOME_WORDS[verification.outcome], _OUTCOME_STYLE[verification.outcome])
    files = len(verification.files)
    pictures = sum(len(file.reading.radiographs) for file in verification.files)
    kind = "" if claim.kind.value == "claim" else f"{claim.kind.value}, "
    yield outcome + Text(
        f"  ({kind}policy {policy.name} {policy.version}; {counted(files, 'file')}, {counted(pictures, 'picture')})",
        "dim",
    )
    if not verification.lines:
        yield Text("The claim has no D3351 line, so there is nothing to verify.")
    for line in verification.lines:
        yield from _line(line)
    yield Text("")


def _line(verified: LineVerification) -> Iterator[RenderableType]:
    line = verified.line
    tooth = "no tooth"
    if line.tooth:
        tooth = f"tooth {line.tooth.tooth}" if line.tooth.tooth else f"tooth '{printable(line.tooth.written)}'"
    visit = "no service date"
    if line.first_day and line.last_day:
        visit = str(line.first_day) if line.first_day == line.last_day else f"{line.first_day} to {line.last_day}"
    yield Text("")
    head = Text(f"Line {line.number}  {line.procedure}  {tooth}  {visit}  ", "bold")
    yield head + Text(_OUTCOME_WORDS[verified.outcome], _OUTCOME_STYLE[verified.outcome])
    if verified.proof:
        yield Text(f"Carried by {printable(verified.proof.label)}")
    else:
        yield from _closest(verified)
    for title, findings in _grouped(verified.findings):
        yield Text(f"\n  {title}", "bold dim")
        for finding in findings:
            yield from _finding(finding)
    others = [considered for considered in verified.considered if considered.exhibit is not _shown_exhibit(verified)]
    if others:
        yield Text("\n  Other pictures that were looked at", "bold dim")
        yield from (_other(considered) for considered in others[:_OTHERS_SHOWN])
    if len(others) > _OTHERS_SHOWN:
        more = len(others) - _OTHERS_SHOWN
        yield Text(f"    and {counted(more, 'more picture')}; --format json tells of every one", "dim")


def _closest(verified: LineVerification) -> Iterator[Text]:
    exhibit = _shown_exhibit(verified)
    if exhibit is not None:
        yield Text(f"No picture carries the whole proof; {printable(exhibit.label)} comes closest.")
    else:
        yield Text("There is no picture that could carry the proof.")


def _shown_exhibit(verified: LineVerification) -> Exhibit | None:
    return next((finding.exhibit for finding in verified.findings if finding.exhibit), None)


def _grouped(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    def group(finding: Finding) -> int:
        if finding.holds_back:
            return 0
        return 1 if finding.result in (Result.FAIL, Result.UNSURE, Result.CRASHED) else 2

    titles = ("What stands in the way", "Worth a look (changes no outcome)", "What holds")
    for index, members in groupby(sorted(findings, key=group), key=group):
        yield titles[index], list(members)


def _finding(finding: Finding) -> Iterator[RenderableType]:
    answer = finding.answer
    sign, style = _RESULT_SIGN[finding.result]
    details: list[Text] = [Text(printable(answer.message))]
    if answer.remedy and finding.result is not Result.PASS:
        details.append(Text(f"→ {printable(answer.remedy)}", "bold"))
    if finding.settled is not None:
        one = finding.settled.attestation
        words = f"settled by a person: {one.person} {one.decision} this (attestation {one.number}): {one.why}"
        details.append(Text(printable(words), "bold"))
    compared = _compared(answer.measured, answer.limit)
    if compared and finding.result is not Result.PASS:
        details.append(Text(compared, "dim"))
    details += [Text(_evidence(evidence), "dim") for evidence in answer.evidence]
    if finding.remark_codes:
        details.append(Text(f"remark codes this may draw: {', '.join(finding.remark_codes)}", "dim"))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(width=6)
    grid.add_column(overflow="fold")
    grid.add_row(Text(sign, style), Text(finding.check, "dim"), Group(*details))
    yield Padding(grid, (0, 0, 0, 4))


def _compared(measured: Measure, limit: Measure) -> str:
    words = []
    if measured is not None:
        words.append(f"measured {measured}")
    if limit is not None:
        words.append(f"limit {limit}")
    return printable(", ".join(words))


def _evidence(evidence: Evidence) -> str:
    file = f"{evidence.file}{', ' + evidence.place if evidence.place else ''}: " if evidence.file else ""
    strength = f" ({evidence.strength.label.replace('_', ' ')})" if evidence.strength else ""
    return printable(f"· {file}{evidence.source}{strength}: {evidence.value}")


def _other(considered: Considered) -> RenderableType:
    """One line: the first thing that stands in the way, and the numbers of the rest."""
    obstacles = considered.obstacles
    reason = f"{obstacles[0].check} {obstacles[0].answer.message}" if obstacles else "would carry the proof, too."
    others = f" Also {', '.join(finding.check for finding in obstacles[1:])}." if len(obstacles) > 1 else ""
    return Padding(Text(f"{printable(considered.exhibit.label)}: {printable(reason)}{others}"), (0, 0, 0, 4))


def _summary(verifications: Iterable[Verification]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("claim")
    table.add_column("outcome")
    table.add_column("stands in the way", overflow="fold")
    for verification in verifications:
        obstacles = [f.check for line in verification.lines for f in line.findings if f.holds_back]
        table.add_row(
            Text(printable(verification.claim.number)),
            Text(_OUTCOME_WORDS[verification.outcome], _OUTCOME_STYLE[verification.outcome]),
            Text(", ".join(dict.fromkeys(obstacles))),
        )
    return table
