"""The JSON API, one module a subject with a ``router``; described at ``/api/openapi.json``."""

from movescreen.web.api import clients, live, results, rosters, uploads

#: All routers of the API.
ROUTERS = (live.router, rosters.router, uploads.router, results.router, clients.router)
