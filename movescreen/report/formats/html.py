"""``report.html``: one page to read, print and hand over. No network, no script, no web font."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from movescreen._version import __version__
from movescreen.display import ON_DARK_SCREENS, page_in_units
from movescreen.files import write_text
from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.figures.curves import chart_svg, choose_charts
from movescreen.report.pages.clip import Page, build_elements
from movescreen.report.sections.element import Element
from movescreen.words.numbers_and_units import spell_days
from movescreen.words.sentences import sentence

#: (address, words) of links above a page that the web app shows; a file has none.
Links = Sequence[tuple[str, str]]


@cache
def template_environment(package: str = "movescreen.report") -> Environment:
    """Return what renders the templates of a package: everything escaped, and a name that does not exist is an error."""
    made = Environment(
        loader=PackageLoader(package, "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    made.filters |= {"sentence": sentence, "spelled": spell_days, "said": lambda text: sentence(spell_days(text))}
    return made


@cache
def stylesheet() -> str:
    """Return the style of all pages, which is the project's own file."""
    home = resources.files("movescreen.report") / "templates"
    base, dark, own = ((home / name).read_text("utf-8") for name in ("shared/base.css", "shared/dark.css", "style.css"))
    return f"{base}{own}{ON_DARK_SCREENS} {{\n{dark}}}\n"


def render_report(job: ReportJob) -> str:
    """Return the report of a clip as one HTML document; without a clip that can be read it has no pictures.

    Everything it shows is inside it, and its content security policy forbids loading anything.
    """
    result = job.judged
    page = Page(
        result=result,
        client=job.label or job.client,
        recorded=job.recorded,
        pictures=job.pictures.turns,
        charts=[(chart, chart_svg(chart, result)) for chart in choose_charts(result)],
        files=job.files,
    )
    title = " · ".join(("Movement screen", result.movement_info.title, job.label or job.client or result.video.name))
    return render_page(build_elements(page), title, software=result.provenance.software)


def render_page(
    elements: Iterable[Element | None], title: str, links: Links = (), software: str = f"movescreen {__version__}"
) -> str:  # fmt: skip
    """Return elements as one HTML document, from top to bottom; what has nothing to show is None.

    Parameters
    ----------
    links
        Ways back to the web app that shows the page.
    """
    # the stylesheet is the project's own file, not anybody's input
    template, shown = template_environment().get_template("page.html.jinja"), [e for e in elements if e is not None]
    page = template.render(title=title, software=software, css=Markup(stylesheet()), elements=shown, links=links)
    return page_in_units(page)


def add_links(page: str, links: Links) -> str:
    """Return a page that was written without links, with ways back to the web app that shows it."""
    ways = template_environment().get_template("ways.html.jinja").render(links=links)
    return _TOP.sub(lambda top: f"{top[0]}\n{ways}", page, count=1)


#: Where a page begins.
_TOP = re.compile('<div class="page[^"]*">')


@register_writer("html", files={"report.html": "the page to read, print and hand over"})
def write_html(job: ReportJob, folder: Path) -> None:
    """Write ``report.html`` into a folder."""
    write_text(folder / "report.html", render_report(job))
