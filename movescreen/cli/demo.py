"""``movescreen demo``: the main job on the bundled sample clips."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from movescreen.app import Records, Screening
from movescreen.cli.analyze import run_clip
from movescreen.cli.options import OutDir, print_result
from movescreen.pipeline import AnalysisRequest
from movescreen.sample_data import list_samples
from movescreen.settings import load_settings


def demo(out: OutDir = None) -> None:
    """Analyze the bundled sample clips and say where the reports are."""
    folder = out or Path("results") / "demo"
    console = Console(highlight=False, soft_wrap=True, markup=False)
    request, screening = AnalysisRequest(settings=load_settings()), Screening.open(Records())
    samples = list_samples()
    for sample in samples:
        result = run_clip(screening.clip_task(sample, request, folder / sample.stem))
        print_result(console, result)
        console.print()
    console.print(f"{len(samples)} clips analyzed. Open the reports in a browser:")
    for sample in samples:
        console.print(f"  {(folder / sample.stem / 'report.html').resolve()}")
