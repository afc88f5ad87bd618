"""What a page shows is chosen in its address."""

from flask import request


def chosen(name: str, known: tuple[str, ...]) -> str:
    """Return what the address says of `name` if it is one of `known`, else the first of them."""
    wished = request.args.get(name, "")
    return wished if wished in known else known[0]
