"""Teams against the records: rosters, the day on which a team is screened, and what came of it."""
