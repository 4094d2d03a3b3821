"""Pages for people, one module each with a ``router``. A new page is a module here, listed below, and an entry in the navigation."""

from movescreen.web.pages import (
    accounts,
    bin,
    clients,
    clips,
    correcting,
    intake,
    letters,
    live,
    login,
    phone,
    plans,
    privacy,
    progress,
    results,
    review,
    rosters,
    sessions,
    settings,
    start,
    teams,
    trail,
    visits,
)

#: All routers of pages. An address with fixed words goes before one that takes anything in their place.
ROUTERS = (
    start.router, live.router, bin.router, correcting.router, clients.router, visits.router, sessions.router, plans.router, progress.router, intake.router, letters.router, rosters.router, teams.router, clips.router,
    results.router, settings.router, privacy.router, review.router, trail.router, accounts.router, login.router, phone.router,
)  # fmt: skip
