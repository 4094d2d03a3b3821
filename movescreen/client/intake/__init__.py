"""The conversation before a screening: its model, its questions, and how answers are read."""
