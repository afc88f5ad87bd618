"""An independent attacker of reports: reads a report's JSON alone, and shares no code with what it attacks."""
