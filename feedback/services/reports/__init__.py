"""Published reports: written, signed, audited, shown. Never sees a person."""
