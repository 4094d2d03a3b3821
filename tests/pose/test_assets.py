"""Model files: where they are looked for, and that no other bytes than the pinned ones are used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from movescreen.errors import AssetError, UnknownNameError
from movescreen.pose import assets, list_models, load_model

GOOD, BAD = b"the network", b"the netw0rk"
SHA256 = hashlib.sha256(GOOD).hexdigest()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    """Return the data folder and the repository folder of an installation that knows the model ``toy``."""
    data, repository = tmp_path / "site" / "_data" / "models", tmp_path / "models"
    data.mkdir(parents=True)
    repository.mkdir()
    (data / "SHA256SUMS").write_text(f"{SHA256}  pose_landmarker_toy.task\n")
    monkeypatch.setattr(assets, "_package_folders", lambda: [data, repository])
    monkeypatch.delenv(assets.MODELS_DIR_VARIABLE, raising=False)
    assets._pinned_hashes.cache_clear()
    yield data, repository
    assets._pinned_hashes.cache_clear()


def put(folder: Path, content: bytes = GOOD, name: str = "toy") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"pose_landmarker_{name}.task"
    path.write_bytes(content)
    return path


def test_the_shipped_models_are_there_and_intact() -> None:
    present = [asset.name for asset in list_models() if asset.present]
    assert present[:2] == ["lite", "full"]
    for name in ("lite", "full"):
        asset = load_model(name)
        assert hashlib.sha256(asset.path.read_bytes()).hexdigest() == asset.sha256_expected


def test_every_known_model_is_listed_also_when_it_is_not_shipped(package: tuple[Path, Path]) -> None:
    path = put(package[0])
    toy, heavy = list_models()
    assert (toy.name, toy.path, toy.sha256_expected, toy.present) == ("toy", path, SHA256, True)
    assert (heavy.name, heavy.present) == ("heavy", False)
    assert heavy.sha256_expected == assets.BUILT_ON_DEMAND["heavy"]


def test_the_folders_are_searched_in_the_documented_order(
    package: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(assets.MODELS_DIR_VARIABLE, str(tmp_path / "env"))
    folders = [tmp_path / "env", *package]
    paths = [put(folder) for folder in folders]
    for path in paths:
        assert load_model("toy").path == path
        path.unlink()
    with pytest.raises(AssetError, match="missing"):
        load_model("toy")


def test_a_damaged_model_is_named_with_both_hashes_and_the_way_out(package: tuple[Path, Path]) -> None:
    path = put(package[0], BAD)
    put(package[1])  # an intact one further down the order does not hide it
    with pytest.raises(AssetError) as caught:
        load_model("toy")
    assert str(path) in caught.value.message
    assert SHA256[:12] in caught.value.message
    assert hashlib.sha256(BAD).hexdigest()[:12] in caught.value.message
    assert "reinstall" in caught.value.hint
    assert "build_models.py" in caught.value.hint
    assert caught.value.exit_code == 4


def test_the_heavy_model_says_how_to_build_it(package: tuple[Path, Path]) -> None:
    with pytest.raises(AssetError) as caught:
        load_model("heavy")
    assert "missing" in caught.value.message
    assert "python models/build_models.py --models heavy" in caught.value.hint
    assert assets.MODELS_DIR_VARIABLE in caught.value.hint


def test_an_unknown_model_is_answered_with_close_names(package: tuple[Path, Path]) -> None:
    with pytest.raises(UnknownNameError) as caught:
        load_model("heavvy")
    assert caught.value.hint == "did you mean heavy?"


def test_a_file_is_hashed_once_until_it_changes(package: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(package[0])
    count = 0
    digest = hashlib.file_digest

    def counting(*args: object) -> object:
        nonlocal count
        count += 1
        return digest(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "file_digest", counting)
    for _ in range(3):
        load_model("toy")
    assert count == 1
    path.write_bytes(BAD + b"!")
    with pytest.raises(AssetError, match="damaged"):
        load_model("toy")
    assert count == 2


def test_an_unreadable_model_is_an_asset_error(package: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    put(package[0])

    def refuse(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(hashlib, "file_digest", refuse)
    with pytest.raises(AssetError, match="cannot be read: Permission denied"):
        load_model("toy")


@pytest.mark.parametrize(
    "line", ["", "abc  pose_landmarker_toy.task", f"{SHA256} pose_landmarker_toy.task", f"{SHA256}  x"]
)
def test_a_damaged_list_of_hashes_is_an_asset_error(package: tuple[Path, Path], line: str) -> None:
    (package[0] / "SHA256SUMS").write_text(line + "\n")
    with pytest.raises(AssetError, match="SHA256SUMS is damaged"):
        list_models()


def test_a_missing_list_of_hashes_is_an_asset_error(package: tuple[Path, Path]) -> None:
    (package[0] / "SHA256SUMS").unlink()
    with pytest.raises(AssetError, match="SHA256SUMS of the pose models is missing"):
        list_models()
