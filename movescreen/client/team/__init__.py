"""Teams: their roster, the day on which they are screened, and who needs attention first."""
