"""Rules about a person: conditions, red flags, history, readiness, progress."""
