"""``poses.npz``: the landmarks with their times, so that everything after pose estimation can be done again."""

from __future__ import annotations

from pathlib import Path

from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.formats.json import plain


@register_writer("poses", files={"poses.npz": "landmarks with their times"})
def write_poses(job: ReportJob, folder: Path) -> None:
    """Write ``poses.npz`` into a folder.

    Parameters
    ----------
    job
        What to write.
    folder
        Where to write it.
    """
    from movescreen.pose.recorded import save_poses

    made = job.result.provenance
    extra = {
        "engine": made.pose_engine,
        "model_name": made.model_name,
        "model_sha256": made.model_sha256,
        "video": plain(job.result.video.to_dict()),
        "settings": plain(made.settings),
    }
    save_poses(folder / "poses.npz", job.result.poses, extra)
