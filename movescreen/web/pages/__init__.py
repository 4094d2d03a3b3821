"""Pages for people, one module each with a ``router``. A new page is a module here, listed below, and an entry in the navigation."""

from movescreen.web.pages import clients, clips, intake, live, login, privacy, results, start

#: All routers of pages.
ROUTERS = (
    start.router, live.router, clients.router, intake.router, clips.router, results.router, privacy.router, login.router,
)  # fmt: skip
