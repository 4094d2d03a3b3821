"""How things are said: numbers, units, statuses, plurals. One place, so that page, table and terminal say the same."""
