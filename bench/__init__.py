"""Speed and memory, measured as ratios to a reference in the same run. Never part of a test."""
