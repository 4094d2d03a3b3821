"""The web app: guided sessions at the browser's camera, uploads, results. Holds no analysis.

:func:`movescreen.web.app.create_app` makes it; nothing heavy is imported with this package.
"""
