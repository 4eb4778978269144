"""Checks and policies as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from apexproof.checks.case import Check, ExhibitCheck, LineCheck
from apexproof.policy import Policy

AnyCheck = Check[LineCheck] | Check[ExhibitCheck]


def show_checks(console: Console, checks: Iterable[AnyCheck], policy: Policy) -> None:
    """Print the list of checks with what each counts for under a policy."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("check", f"in {policy.name}", "what it looks for"):
        table.add_column(heading, overflow="fold")
    for check in checks:
        table.add_row(check.id, policy.demand(check.id).value, f"{check.fault}: {check.summary}")
    console.print(table)


def show_check(console: Console, check: AnyCheck, policies: Iterable[Policy]) -> None:
    """Print one check with its documentation."""
    console.print(Text(f"{check.id}  {check.fault}", "bold"), "", Text(check.documentation), "", sep="\n")
    for policy in policies:
        codes = ", ".join(policy.remark_codes.get(check.id, ())) or "none"
        console.print(Text(f"{policy.name}: {policy.demand(check.id).value}; remark codes it may draw: {codes}", "dim"))


def show_policies(console: Console, policies: Iterable[Policy]) -> None:
    """Print the policies in one line each."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("policy", "version", "what it is for"):
        table.add_column(heading, overflow="fold")
    for policy in policies:
        table.add_row(policy.name, policy.version, policy.summary)
    console.print(table)


def show_policy(console: Console, policy: Policy, checks: Iterable[AnyCheck]) -> None:
    """Print what one policy demands."""
    console.print(Text(f"{policy.name} {policy.version}", "bold"), Text(policy.summary), "", sep="\n")
    strengths = {name: strength.label for name, strength in policy.strength}
    for title, section in (
        ("least strength that decides", strengths),
        ("timing", dict(policy.timing)),
        ("legibility", dict(policy.legibility)),
        ("sequence", dict(policy.sequence)),
        ("age", dict(policy.age)),
        ("reuse", dict(policy.reuse)),
    ):
        console.print(Text(title, "bold"))
        for key, value in section.items():
            console.print(Text(f"  {key} = {value}"))
    console.print("", Text("checks", "bold"), sep="\n")
    show_checks(console, checks, policy)
    console.print(Text(f"\ndigest {policy.digest}", "dim"))
