"""RESULT -> FILES: tables, JSON, a page to hand over, and the poses. One writer a file; see :mod:`.registry`."""

from movescreen.report.documents.registry import (
    ReportJob,
    available_formats,
    check_formats,
    formats_of_clips,
    formats_on_request,
    register_writer,
    usual_formats,
    write_result,
)

__all__ = [
    "ReportJob", "available_formats", "check_formats", "formats_of_clips", "formats_on_request", "register_writer", "usual_formats", "write_result",
]  # fmt: skip
