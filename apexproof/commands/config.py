"""The settings in force: config."""

from __future__ import annotations

import click


@click.command()
def config() -> None:
    """Show the settings in force, with the variable of each; passwords are hidden.

    \b
    Examples:
      apexproof config
      APEXPROOF_SETTINGS=apexproof.toml apexproof config
    """
    from apexproof.settings import PREFIX, Settings, load_settings

    shown = load_settings().shown()
    for name, field in Settings.model_fields.items():
        click.echo(f"# {field.description}")
        click.echo(f"{PREFIX}{name.upper()}={shown[name]}\n")
