"""Following one person among several: detections to tracks, tracks to the person who is screened."""
