"""Both places for files, a folder and a bucket of a real S3-compatible store, do the same; a bucket fails well."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from obstore.store import S3Store

from apexproof.cli import main
from apexproof.settings import Settings, SettingsUnusable, load_settings
from apexproof.store.blobs import Blob, BlobDamaged, Blobs, BlobsAway, FileTooLarge, key_of
from apexproof.store.bucket import open_blobs
from tests.seaweedfs import BUCKET, SECRET, SeaweedFS, seaweedfs

MOST = 16 * 1024**2
LARGE = bytes(range(256)) * (48 * 1024)  # in several parts, as S3 has it
ABSENT = hashlib.sha256(b"absent").hexdigest()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedFS]:
    """One store for the tests of this file."""
    with seaweedfs(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(scope="module", params=["folder", "bucket"])
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of each place."""
    data_dir = tmp_path_factory.mktemp("d")
    if request.param == "folder":
        return load_settings(data_dir=data_dir)
    return load_settings(data_dir=data_dir, **request.getfixturevalue("store").settings)


@pytest.fixture(scope="module")
def blobs(settings: Settings) -> Blobs:
    """Each place."""
    return open_blobs(settings)


@given(octets=st.binary(min_size=1, max_size=4096))
def test_what_was_kept_is_at_hand_to_the_byte(blobs: Blobs, octets: bytes) -> None:
    blob = _keep(blobs, octets)
    assert (blob.sha256, blob.size) == (hashlib.sha256(octets).hexdigest(), len(octets))
    with blobs.at_hand(blob.sha256) as path:
        assert path.read_bytes() == octets


def test_large_file_is_kept_whole(blobs: Blobs) -> None:
    with blobs.at_hand(_keep(blobs, LARGE).sha256) as path:
        assert path.read_bytes() == LARGE


def test_same_bytes_again_are_the_same_blob(blobs: Blobs) -> None:
    assert _keep(blobs, b"twice") == _keep(blobs, b"twice")


def test_nothing_remains_of_a_file_that_is_too_large(settings: Settings, blobs: Blobs) -> None:
    with pytest.raises(FileTooLarge), blobs.incoming(most=3) as incoming:
        incoming.write(b"four")
    assert _incoming(settings) == []


def test_nothing_remains_of_a_file_that_broke_off(settings: Settings, blobs: Blobs) -> None:
    with blobs.incoming(most=MOST) as incoming:
        incoming.write(b"half a fi")
    assert _incoming(settings) == []


def test_nobody_else_can_read_a_file_on_its_way_in_or_out(settings: Settings, blobs: Blobs) -> None:
    with blobs.incoming(most=MOST) as incoming:
        incoming.write(b"private")
        (path,) = _incoming(settings)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        sha256 = incoming.keep().sha256
    with blobs.at_hand(sha256) as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_place_that_is_there_answers(blobs: Blobs) -> None:
    assert blobs.answers()


def test_copy_from_the_bucket_is_gone_after_its_use(tmp_path: Path, store: SeaweedFS) -> None:
    settings = load_settings(data_dir=tmp_path, **store.settings)
    blobs = open_blobs(settings)
    with blobs.at_hand(_keep(blobs, b"used").sha256) as path:
        assert _incoming(settings) == [path]
    assert _incoming(settings) == []
    assert [found for found in settings.blobs.rglob("*") if found.is_file()] == []


def test_blob_that_is_gone_from_the_bucket_is_damaged(tmp_path: Path, store: SeaweedFS) -> None:
    blobs = open_blobs(load_settings(data_dir=tmp_path, **store.settings))
    with pytest.raises(BlobDamaged, match="gone from the bucket"), blobs.at_hand(ABSENT):
        pass


def test_blob_that_was_changed_in_the_bucket_is_damaged(tmp_path: Path, store: SeaweedFS) -> None:
    settings = load_settings(data_dir=tmp_path, **store.settings)
    blobs = open_blobs(settings)
    sha256 = _keep(blobs, b"true").sha256
    obstore.put(_client(settings), key_of(sha256), b"false")
    with pytest.raises(BlobDamaged, match="other bytes"), blobs.at_hand(sha256):
        pass
    assert _incoming(settings) == []


def test_folder_copied_into_the_bucket_is_found_there(tmp_path: Path, store: SeaweedFS) -> None:
    folder = load_settings(data_dir=tmp_path)
    blob = _keep(open_blobs(folder), b"moved to a bucket")
    bucket = load_settings(data_dir=tmp_path, **store.settings)
    (kept,) = (path for path in folder.blobs.rglob("*") if path.is_file())
    obstore.put(_client(bucket), kept.relative_to(folder.blobs).as_posix(), kept)
    with open_blobs(bucket).at_hand(blob.sha256) as path:
        assert path.read_bytes() == b"moved to a bucket"


@pytest.mark.parametrize("wrong", [{"s3_secret_access_key": "another"}, {"s3_endpoint": "http://127.0.0.1:9"}])
def test_bucket_that_is_not_to_be_had_is_away(tmp_path: Path, store: SeaweedFS, wrong: dict[str, str]) -> None:
    blobs = open_blobs(load_settings(data_dir=tmp_path, **{**store.settings, **wrong}))
    assert not blobs.answers()
    with pytest.raises(BlobsAway):
        _keep(blobs, b"in vain")
    with pytest.raises(BlobsAway), blobs.at_hand(ABSENT):
        pass


def test_half_a_key_is_refused(tmp_path: Path, store: SeaweedFS) -> None:
    half = {name: value for name, value in store.settings.items() if name != "s3_access_key_id"}
    with pytest.raises(SettingsUnusable, match="belong together"):
        open_blobs(load_settings(data_dir=tmp_path, **half))


def test_secret_is_hidden_when_settings_are_shown_and_whole_for_the_parts(tmp_path: Path, store: SeaweedFS) -> None:
    settings = load_settings(data_dir=tmp_path, **store.settings)
    shown = CliRunner().invoke(main, ["config"], env=settings.stated()).output
    assert f"APEXPROOF_S3_BUCKET={BUCKET}" in shown
    assert SECRET not in shown + repr(settings)
    assert settings.stated()["APEXPROOF_S3_SECRET_ACCESS_KEY"] == SECRET


def _keep(blobs: Blobs, octets: bytes) -> Blob:
    with blobs.incoming(most=MOST) as incoming:
        incoming.write(octets)
        return incoming.keep()


def _incoming(settings: Settings) -> list[Path]:
    return list((settings.blobs / "incoming").glob("*"))


def _client(settings: Settings) -> S3Store:
    """The bucket as somebody else sees it."""
    assert settings.s3_bucket is not None
    assert settings.s3_secret_access_key is not None
    return S3Store(
        settings.s3_bucket,
        endpoint=settings.s3_endpoint or "",
        access_key_id=settings.s3_access_key_id or "",
        secret_access_key=settings.s3_secret_access_key.get_secret_value(),
        client_options={"allow_http": True},
    )
