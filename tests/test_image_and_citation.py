"""The files that other programs read about movescreen say what the package says."""

from __future__ import annotations

import re
from pathlib import Path

from movescreen import __version__
from movescreen.doctor import SYSTEM_LIBRARIES

ROOT = Path(__file__).parents[1]


def test_the_citation_names_the_version_of_the_package() -> None:
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.findall(r"^version: (.+)$", text, re.M) == [__version__]
    assert re.findall(r"^cff-version: (.+)$", text, re.M) == ["1.2.0"]


def test_the_image_installs_the_libraries_that_the_doctor_looks_for_and_takes_the_locked_packages() -> None:
    image = (ROOT / "Containerfile").read_text("utf-8")
    assert set(re.findall(r"\blib[\w.-]+", image.partition("apt-get install")[2].partition("&&")[0])) == {
        *SYSTEM_LIBRARIES.values()
    }
    assert "USER movescreen" in image
    assert "--require-hashes --requirement /source/supply/locked.txt" in image
    assert r"--require-hashes --requirement supply\locked.txt" in (ROOT / "install.ps1").read_text("utf-8")
