"""What the service does: one use case a file. Each receives values, a session and `now`, and commits on its own."""
