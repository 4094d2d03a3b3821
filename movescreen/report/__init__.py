"""RESULT -> FILES: tables, JSON, a page to hand over, and the poses. One writer a file; see :mod:`.registry`."""

from movescreen.files import staged_folder, write_bytes, write_text
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
    "ReportJob",
    "available_formats",
    "check_formats",
    "formats_of_clips",
    "formats_on_request",
    "register_writer",
    "staged_folder",
    "usual_formats",
    "write_bytes",
    "write_result",
    "write_text",
]
