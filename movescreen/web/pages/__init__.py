"""Pages for people, one module each with a ``router``. A new page is a module here, listed below, and an entry in the navigation."""

from movescreen.web.pages import live, login, start

#: All routers of pages.
ROUTERS = (start.router, live.router, login.router)
