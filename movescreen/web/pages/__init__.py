"""Pages for people, one module each with a ``router``. A new page is a module here, listed below, and an entry in the navigation."""

from movescreen.web.pages import (
    clients,
    clips,
    intake,
    letters,
    live,
    login,
    plans,
    privacy,
    progress,
    results,
    sessions,
    start,
    visits,
)

#: All routers of pages. An address with fixed words goes before one that takes anything in their place.
ROUTERS = (
    start.router, live.router, clients.router, visits.router, sessions.router, plans.router, progress.router, intake.router, letters.router, clips.router,
    results.router, privacy.router, login.router,
)  # fmt: skip
