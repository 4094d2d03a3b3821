"""Guided sessions at a camera: the set-up check, the countdown, counting and cueing, and the recording that is analysed at the end.

Nothing here knows a browser or a window; ``movescreen live`` and the web app drive the same :class:`GuidedSession`.
"""
