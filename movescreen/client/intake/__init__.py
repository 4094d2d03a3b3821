"""The intake before a screening: its model, its questions, and how answers are read."""
