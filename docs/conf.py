"""The documentation as a web site: ``poe site``, or ``sphinx-build -W -c docs . site``.

The source folder is the repository itself, so links between pages are the same here and where the repository is read. A page for each
check and the list of notebooks are made from the catalog and from ``notebooks/`` each time. Nothing is loaded from another host.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path[:0] = [str(ROOT), str(DOCS)]

from movescreen import __version__  # noqa: E402

project = "movescreen"
author = project_copyright = "the movescreen contributors"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "made_pages"]
include_patterns = ["docs/**", "*.md", "benchmarks/*.md", "models/*.md", "sample_videos/*.md", "supply/*.md"]
exclude_patterns = [
    "README.md",
    ".*",
    "**/__pycache__",
    "results",
    "site",
    "build",
    "dist",
    "movescreen",
    "tests",
    "notebooks",
]
source_suffix = {".md": "markdown"}
root_doc = "docs/index"
nitpicky = False

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"movescreen {version}"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_permalinks_icon = "#"
pygments_style = "default"
