"""From needs to exercises: making a plan, its model, and a trainer's changes."""
