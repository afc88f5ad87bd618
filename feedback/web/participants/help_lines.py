"""A programme's own words on where help is, as participants' pages list them."""


def help_lines(text: str | None) -> list[str]:
    """Return the lines that say something."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
