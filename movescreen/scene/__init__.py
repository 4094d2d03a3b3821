"""Where the camera stands and whether it moves."""
