"""``poses.npz``: the landmarks with their times, so that everything after pose estimation can be done again."""

from __future__ import annotations

from pathlib import Path

from movescreen.codec import to_plain
from movescreen.report.documents.registry import ReportJob, register_writer

POSES_FILE = "poses.npz"


@register_writer("poses", files={POSES_FILE: "landmarks with their times"})
def write_poses(job: ReportJob, folder: Path) -> None:
    """Write ``poses.npz`` into a folder."""
    from movescreen.pose.recorded import save_poses

    made = job.result.provenance
    extra = {
        "engine": made.pose_engine,
        "model_name": made.model_name,
        "model_sha256": made.model_sha256,
        "video": to_plain(job.result.video),
        "settings": to_plain(made.settings),
    }
    save_poses(folder / POSES_FILE, job.result.poses, extra)
