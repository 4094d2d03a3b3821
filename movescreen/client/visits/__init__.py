"""A visit: what was measured of a person on one day, by camera and by hand."""
