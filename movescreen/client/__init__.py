"""The person around the movement: intake, red flags, history, plan, readiness, progress. Rules without files and without screens."""
