"""MANY CLIPS -> FILES: folders and manifests, over any executor, one row a clip even when it fails."""

from movescreen.batch.items import BatchItem, find_items, name_folders, read_manifest
from movescreen.batch.run import BatchOutcome, run_batch
from movescreen.batch.storage import Store
from movescreen.batch.worker import BatchPlan

__all__ = [
    "BatchItem",
    "BatchOutcome",
    "BatchPlan",
    "Store",
    "find_items",
    "name_folders",
    "read_manifest",
    "run_batch",
]
