"""What may be published of the answers, and what may not: groups, counts, bands. The auditor shares no code with it."""
