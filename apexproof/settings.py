"""Settings: what an installation decides, read once at the door and passed down.

Each is an environment variable `APEXPROOF_...`, or a line of the TOML file that APEXPROOF_SETTINGS names; the variable
wins. `apexproof config` shows what is in force.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from platformdirs import user_data_path
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from apexproof.errors import InputUnusable

PREFIX = "APEXPROOF_"
SETTINGS_FILE = "APEXPROOF_SETTINGS"
COUNTED_TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client's own variable: where several processes of the API count their requests together."""
_MIB = 1024**2


class SettingsUnusable(InputUnusable):
    """A setting is not what it must be."""

    noun = "setting"


def _networks(stated: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(word) for word in stated.replace(",", " ").split())


def _must_be_networks(stated: str) -> str:
    _networks(stated)
    return stated


@dataclass(frozen=True, slots=True, kw_only=True)
class DicomSender:
    """A program that may send by C-STORE: for which organisation, and from which network."""

    organisation: str
    network: IPv4Network | IPv6Network


_SENDER = re.compile(r"\s*([ -<>-\[\]-~]{1,16}?)\s*=\s*([^@\s][^@]{0,99}?)\s*@\s*(\S+)\s*")


def _senders(stated: str) -> dict[str, DicomSender]:
    found: dict[str, DicomSender] = {}
    for one in filter(None, map(str.strip, stated.split(","))):
        match = _SENDER.fullmatch(one)
        if match is None or match[1] in found:
            raise ValueError("each AE title stands once, as in XRAY1=main@10.20.0.0/16, XRAY2=main@10.20.1.7/32")
        found[match[1]] = DicomSender(organisation=match[2], network=ip_network(match[3]))
    return found


def _must_be_senders(stated: str) -> str:
    _senders(stated)
    return stated


class Settings(BaseSettings):
    """All of them, each with what holds when nobody says otherwise: one machine, nothing to install."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Annotated[Path, Field(description="Where files, the SQLite database and the broker's log are kept.")] = (
        user_data_path("apexproof", appauthor=False)
    )
    database_url: Annotated[
        str | None, Field(description="PostgreSQL, as in postgresql://user@host/name; without it SQLite in data_dir.")
    ] = None
    broker_url: Annotated[
        str | None, Field(description="Redis or Valkey; without it 'apexproof serve' starts one of its own.")
    ] = None
    s3_bucket: Annotated[
        str | None,
        Field(min_length=3, description="S3-compatible bucket of the files; without it a folder in data_dir."),
    ] = None
    s3_endpoint: Annotated[
        str | None, Field(pattern=r"^https?://", description="Where that store answers; without it Amazon's.")
    ] = None
    s3_region: Annotated[str, Field(min_length=1, description="The region of the bucket.")] = "us-east-1"
    s3_access_key_id: Annotated[
        str | None, Field(min_length=1, description="Its key; without one the machine's own role is used.")
    ] = None
    s3_secret_access_key: Annotated[
        SecretStr | None, Field(min_length=1, description="The secret that belongs to the key.")
    ] = None
    host: Annotated[str, Field(description="The address that the API listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="The port that the API listens on.")] = 8351
    api_processes: Annotated[
        int,
        Field(ge=1, le=64, description="Processes of the API in 'apexproof serve'; they share the port."),
    ] = 1
    policy: Annotated[str, Field(description="The policy to judge by: a name, or a TOML file.")] = "payer"
    largest_file: Annotated[int, Field(ge=1, le=256 * _MIB, description="Bytes of an attachment at most.")] = 64 * _MIB
    largest_interchange: Annotated[
        int, Field(ge=1, le=4096 * _MIB, description="Bytes of an X12 interchange or a FHIR resource.")
    ] = 64 * _MIB
    largest_study: Annotated[int, Field(ge=1, le=4096 * _MIB, description="Bytes of one DICOMweb request at most.")] = (
        512 * _MIB
    )
    worker_processes: Annotated[int, Field(ge=1, le=256, description="Files that one worker reads at once.")] = 2
    attempts: Annotated[int, Field(ge=1, le=100, description="Tries until a job is set aside.")] = 5
    lease_seconds: Annotated[
        float, Field(ge=1, le=3600, description="After so long without a sign of life a job is given to another.")
    ] = 30.0
    resend_seconds: Annotated[
        float, Field(ge=1, le=3600, description="After so long unheard, a job is sent again; then twice as long.")
    ] = 30.0
    queue_most: Annotated[
        int, Field(ge=1, description="Jobs of claims and files that may wait; while so many do, nothing is taken in.")
    ] = 20_000
    queue_minutes: Annotated[
        int | None, Field(ge=1, description="Minutes that the first of them may wait, likewise; without it, any time.")
    ] = None
    room_least: Annotated[
        int, Field(ge=0, description="Free bytes on the disk of data_dir; while there are fewer, nothing is taken in.")
    ] = 256 * _MIB
    rate_per_second: Annotated[float, Field(gt=0, description="Requests of one key per second, in the long run.")] = 200
    rate_burst: Annotated[int, Field(ge=1, description="Requests of one key at once.")] = 1000
    tries_per_minute: Annotated[int, Field(ge=1, description="Requests without a good key, from one address.")] = 60
    idle_minutes: Annotated[
        int, Field(ge=1, le=720, description="Minutes without a request after which the pages ask to sign in again.")
    ] = 30
    trusted_proxies: Annotated[
        str,
        Field(description="Addresses of proxies, by commas, that are believed for whom they speak; none otherwise."),
    ] = ""
    retention_days: Annotated[
        int | None, Field(ge=1, description="Days from closing a claim to deleting its files; without it they stay.")
    ] = None
    blob_key: Annotated[
        SecretStr | None,
        Field(
            description="Keys that encrypt the files, by commas: the first seals, all open; without one they are plain."
        ),
    ] = None
    blob_key_file: Annotated[Path | None, Field(description="The same in a file, instead.")] = None
    report_days: Annotated[int, Field(ge=1, le=36500, description="Days that scheduled reports are kept.")] = 90
    sweep_seconds: Annotated[float, Field(ge=0.5, le=3600, description="How often lost jobs are looked for.")] = 5.0
    metrics_key: Annotated[
        SecretStr | None,
        Field(
            min_length=16, description="What a scraper of /metrics sends; without it they are shown on loopback only."
        ),
    ] = None
    webhook_networks: Annotated[
        str,
        AfterValidator(_must_be_networks),
        Field(description="Private networks that webhooks may reach all the same, as in 10.20.0.0/16, 127.0.0.1/32."),
    ] = ""

    dicom_host: Annotated[str, Field(description="The address that 'apexproof dicom-listen' listens on.")] = "127.0.0.1"
    dicom_port: Annotated[int, Field(ge=1, le=65535, description="The port that it listens on.")] = 11112
    dicom_ae_title: Annotated[
        str, Field(pattern=r"^[ -\[\]-~]{1,16}$", description="Its own AE title; whom is called by another is refused.")
    ] = "APEXPROOF"
    dicom_senders: Annotated[
        str,
        AfterValidator(_must_be_senders),
        Field(description="Who may send, by commas: AE title=organisation@network, as in XRAY1=main@10.20.0.0/16."),
    ] = ""
    dicom_associations: Annotated[int, Field(ge=1, le=200, description="Senders that it serves at once.")] = 10
    dicom_tls_certificate: Annotated[Path | None, Field(description="Its certificate (PEM); without one, no TLS.")] = (
        None
    )
    dicom_tls_key: Annotated[Path | None, Field(description="The key of the certificate (PEM).")] = None
    dicom_tls_clients: Annotated[
        Path | None, Field(description="Certificates (PEM) of whoever signs its senders'; with it they must show one.")
    ] = None

    @property
    def senders(self) -> dict[str, DicomSender]:
        """Who may send to the DICOM listener, by AE title."""
        return _senders(self.dicom_senders)

    @property
    def database(self) -> str:
        """The database in force, as SQLAlchemy names it."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.resolve() / 'apexproof.db'}"
        return self.database_url.replace("postgresql://", "postgresql+pg8000://", 1)

    @property
    def blobs(self) -> Path:
        """The folder of the files, or of those that are on their way to or from the bucket."""
        return self.data_dir / "blobs"

    def stated(self) -> dict[str, str]:
        """Each setting that has a value, by its variable, secrets in plain: for the parts that are started here."""
        values = {f"{PREFIX}{name.upper()}": getattr(self, name) for name in type(self).model_fields}
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for name, value in values.items()
            if value is not None
        }

    @property
    def reachable_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of `webhook_networks`."""
        return _networks(self.webhook_networks)

    def shown(self) -> dict[str, str]:
        """Each setting as a person may see it: passwords are hidden."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: _shown(value) for name, value in values.items()}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed by hand, then the environment, then the file; no .env and no secrets folder."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, InitSettingsSource(settings_cls, _file())


def load_settings(**stated: Any) -> Settings:  # noqa: ANN401 - any setting
    """The settings in force; those that are `stated` (and not None) win over the environment and the file.

    Raises:
        SettingsUnusable: one of them is not what it must be.
    """
    try:
        return Settings(**{name: value for name, value in stated.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(step) for step in first["loc"])
        raise SettingsUnusable(origin=f"{PREFIX}{name.upper()}", reason=first["msg"]) from None


def _file() -> dict[str, Any]:
    named = os.environ.get(SETTINGS_FILE)
    if not named:
        return {}
    try:
        return tomllib.loads(Path(named).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsUnusable(origin=named, reason=f"it cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsUnusable(origin=named, reason=f"it is not TOML: {error}") from None


def _shown(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    if "://" not in text:
        return text
    try:
        return make_url(text).render_as_string(hide_password=True)
    except ArgumentError:
        return "(not an address)"


def require_broker(settings: Settings) -> str:
    """The broker's address.

    Raises:
        SettingsUnusable: none is stated.
    """
    if settings.broker_url is None:
        reason = "it is needed here, as in redis://127.0.0.1:6379/0; 'apexproof serve' alone starts a broker of its own"
        raise SettingsUnusable(origin=f"{PREFIX}BROKER_URL", reason=reason)
    return settings.broker_url
