"""How fast a guided session is in a real browser: analyzed frames per second, and the time from capture to drawn skeleton.

    python benchmarks/live_latency.py CLIP [--seconds S] [--model full|lite]

The clip, somebody who squats seen from the front, plays as the camera of a headless chromium, 640 x 480 at 30 frames per second. Browser, server and network run on this
machine, as in use. Measured from a picture's capture time, as the browser states it, to the skeleton being drawn on the page.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from fake_camera import ARGUMENTS, SIZE_PX, write_camera

#: What the page must reach on two cores with the full model.
TARGET_FPS, TARGET_MEDIAN_MS, TARGET_P95_MS = 20.0, 100.0, 200.0
_MEASURE = """() => ({analyzed: window.movescreen.analyzed, sent: window.movescreen.sent,
  now: performance.now(), stage: window.movescreen.state?.stage})"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clip", type=Path, help="somebody who squats, seen from the front")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--model", choices=["full", "lite"], default="full")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        camera = write_camera(Path(folder) / "camera.mjpeg", [(asked.clip, 8.5)])
        port = free_port()
        command = (
            f"from movescreen.cli import main; main(['serve', '--port', '{port}', '--out', {folder + '/results'!r}])"
        )
        server = subprocess.Popen([sys.executable, "-c", command], stdout=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/login")
            print_measures(measure(f"http://127.0.0.1:{port}", camera, asked.model, asked.seconds), asked.model)
        finally:
            server.terminate()
            server.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def measure(address: str, camera: Path, model: str, seconds: float) -> dict[str, list[float] | float]:
    """Return delays in ms and rates in Hz while somebody moves."""
    from playwright.sync_api import sync_playwright

    chromium = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if chromium is None:
        raise SystemExit("needs chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", *ARGUMENTS, f"--use-file-for-fake-video-capture={camera}"],
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(address)
        page.get_by_text("More choices").click()
        page.get_by_label("Repetitions of each movement").select_option("8")
        page.get_by_label("Finding the joints").select_option(model)
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/live/*")
        page.wait_for_function("() => window.movescreen?.state?.stage === 'recording'", timeout=90_000)
        before = page.evaluate(_MEASURE)
        page.evaluate("() => { window.movescreen.delays.length = 0; }")
        page.wait_for_timeout(seconds * 1000)
        after = page.evaluate(_MEASURE)
        delays = page.evaluate("() => window.movescreen.delays")
        browser.close()
    passed_s = (after["now"] - before["now"]) / 1000
    return {
        "delays": delays,
        "fps": (after["analyzed"] - before["analyzed"]) / passed_s,
        "sent": (after["sent"] - before["sent"]) / passed_s,
    }


def print_measures(found: dict[str, list[float] | float], model: str) -> None:
    delays = sorted(found["delays"])  # type: ignore[arg-type]
    median, p95 = statistics.median(delays), delays[int(0.95 * len(delays))]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"model {model}, {SIZE_PX[0]} x {SIZE_PX[1]}, {os.cpu_count()} processors, load {load:.1f}")
    for name, value, target, good in (
        ("analyzed frames per second", found["fps"], f">= {TARGET_FPS:g}", found["fps"] >= TARGET_FPS),  # type: ignore[operator]
        ("capture to skeleton, median, ms", median, f"< {TARGET_MEDIAN_MS:g}", median < TARGET_MEDIAN_MS),
        ("capture to skeleton, 95 %, ms", p95, f"< {TARGET_P95_MS:g}", p95 < TARGET_P95_MS),
    ):
        print(f"{name:34}{value:8.1f}   target {target:7} {'met' if good else 'MISSED'}")
    print(f"{'sent and not analyzed':34}{1 - found['fps'] / found['sent']:8.1%}")  # type: ignore[operator]


if __name__ == "__main__":
    main()
