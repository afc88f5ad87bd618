"""The published report and all that follows from it alone: reading, comparing, statistics. Nothing raw comes in."""
