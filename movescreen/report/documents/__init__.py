"""What is written together: a clip, a screening, and how they are read back."""
