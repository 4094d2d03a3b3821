"""What the package offers whoever writes Python: the names of :mod:`movescreen` and what they give back. All else is private.

============  ==========================================================================
``doors``     ``analyze``, ``screen``, ``load``, ``samples``
``results``   ``Clip`` and ``ScreenedPerson``: tables, curves, plots, files
``arrays``    the same as labeled arrays with units
``plots``     angles over time and over the repetition
============  ==========================================================================
"""
