"""What is looked for and demanded: checks, policies."""

from __future__ import annotations

import sys

import click

from apexproof.commands.failures import Unusable, one_sentence
from apexproof.commands.output import console


@click.command()
@click.argument("check", required=False, metavar="[ID]")
@click.option("--policy", default="payer", show_default=True, metavar="NAME|FILE", help="Whose demands to show.")
def checks(check: str | None, policy: str) -> None:
    """List the checks, or show one with its documentation.

    \b
    Examples:
      apexproof checks
      apexproof checks APX401
    """
    with one_sentence():
        from apexproof.checks.table import ALL_CHECKS, find_check
        from apexproof.formats.terminal.rules import show_check, show_checks
        from apexproof.policy import load_policy, policy_names

        terminal = console(sys.stdout)
        if check is None:
            show_checks(terminal, ALL_CHECKS, load_policy(policy))
            return
        found = find_check(check)
        if found is None:
            raise Unusable(f"There is no check '{check}'; 'apexproof checks' lists them.")
        show_check(terminal, found, [load_policy(name) for name in policy_names()])


@click.command()
@click.argument("name", required=False, metavar="[NAME|FILE]")
def policies(name: str | None) -> None:
    """List the policies, or show what one demands.

    \b
    Examples:
      apexproof policies
      apexproof policies strict
      apexproof policies my-payer.toml
    """
    with one_sentence():
        from apexproof.checks.table import ALL_CHECKS, demand_all_known
        from apexproof.formats.terminal.rules import show_policies, show_policy
        from apexproof.policy import load_policy, policy_names

        terminal = console(sys.stdout)
        if name is None:
            show_policies(terminal, [load_policy(known) for known in policy_names()])
            return
        policy = load_policy(name)
        demand_all_known(policy)
        show_policy(terminal, policy, ALL_CHECKS)
