"""The act of screening: the only way in for command line, batch, live and web."""
