"""What encryption at rest costs: the same work over plain and over encrypted records, as a ratio.

    python benchmarks/encrypted.py [--rounds 7]

Plain and encrypted take turns, and the processor's time counts. The pictures of a guided session never come near a
disk; what may get slower is what is written when a part of it ends, what is kept at its end, and what is read back.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from movescreen.app import Records, Screening
from movescreen.client.intake.model import Consent, Intake
from movescreen.encryption import VARIABLE, create
from movescreen.model import ClipResult
from movescreen.pipeline import AnalysisRequest, analyze_video
from movescreen.pose import EngineInfo
from movescreen.records import RecordStore
from movescreen.records.encrypting import encrypt_records
from movescreen.report.documents.load import load
from movescreen.settings import RecordSettings
from movescreen.video.reader import VideoReader
from movescreen.web.encrypted import follow_records
from movescreen.web.result_store import ResultStore

CLIP = Path(__file__).resolve().parents[1] / "sample_videos" / "squat_side.mp4"


class Place:
    """Records and results, plain or encrypted."""

    def __init__(self, folder: Path, clip: ClipResult, *, encrypted: bool) -> None:
        self.results, self.clip, self.number = folder / "results", clip, 0
        self.settings = RecordSettings(folder=folder / "records")
        with RecordStore(None, self.settings.data_folder) as store:
            store.add_client("C001")
            told = Consent(records=True, pictures=True, on=date.today())
            store.add_intake("C001", Intake(day=date.today(), consent=told))
        if encrypted:
            encrypt_records(self.settings.data_folder, os.environ[VARIABLE], lambda _secret: None)
        self.results.mkdir()
        follow_records(self.results, self.settings)
        self.records = Records(self.settings)
        with create(self.results / "clip.mp4") as file:
            file.write(CLIP.read_bytes())

    def part(self) -> None:
        """Analyze a recorded part of a session, write its files, and keep it with the client."""
        self.number += 1
        folder = self.results / f"2026-03-12_{self.number:06}"
        screening = Screening.open(self.records, "C001")
        clip = self.clip
        request = AnalysisRequest(clip.movement.name)
        made = clip.provenance
        engine = EngineInfo(made.pose_engine, made.model_name, made.model_sha256)
        task = screening.recording_task("part", clip.poses, request, engine, folder / "part")
        screening.finish({Path("part"): task.run()}, {}, folder)

    def upload(self) -> None:
        """Read a waiting clip from its first picture to its last."""
        with VideoReader(self.results / "clip.mp4") as reader:
            for _ in reader.frames(960):
                pass

    def listing(self) -> None:
        """List all results, twenty times."""
        for _ in range(20):
            for _ in ResultStore(self.results).list():
                pass

    def result(self) -> None:
        """Load a screening with its landmarks."""
        load(self.results / f"2026-03-12_{1:06}")


def seconds(work: Callable[[], None]) -> float:
    """Return how much of the processor's time some work takes, s: what else the machine does is not in it."""
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=7)
    rounds = options.parse_args().rounds
    os.environ[VARIABLE] = "a passphrase for measuring"
    clip = analyze_video(CLIP)
    with tempfile.TemporaryDirectory() as folder:
        plain, encrypted = (
            Place(Path(folder) / name, clip, encrypted=name == "encrypted") for name in ("plain", "encrypted")
        )
        print(f"{'work':40} {'plain s':>9} {'encrypted s':>12} {'ratio':>6}")
        for name in ("part", "upload", "listing", "result"):
            pairs = [(seconds(getattr(plain, name)), seconds(getattr(encrypted, name))) for _ in range(rounds)]
            one, other = (statistics.median(times) for times in zip(*pairs, strict=True))
            ratio = statistics.median(b / a for a, b in pairs)
            words = (getattr(Place, name).__doc__ or "").rstrip(".")
            print(f"{words[:40]:40} {one:9.3f} {other:12.3f} {ratio:6.2f}")


if __name__ == "__main__":
    main()
