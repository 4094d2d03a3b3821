"""movescreen: screen how a person squats, lunges and bends, from a phone or webcam video."""

__version__ = "0.1.0"
