"""The published report: written, signed, shown, audited. Never sees a person."""
