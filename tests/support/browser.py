"""A headless Chromium for the tests that look at pages as people see them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str:
    """Return the path of a Chromium; skips the test where there is none, except in CI, which must have one."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), "")
    if not found and not os.environ.get("CI"):
        pytest.skip("no Chromium is installed")
    assert found, "CI needs Chromium: install.sh --dev installs it"
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a headless Chromium of this machine; for a module, since only one may be open in a thread and others open their own."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()
