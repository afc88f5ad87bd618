"""Which programme and which survey a page is below, as its breadcrumbs name them."""

from flask import request

from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.waves.show_wave import place_of_wave


def above() -> dict[str, object]:
    """Return the programme and the survey that the address names; raise NotFound if there is none of that number."""
    arguments = request.view_args or {}
    if "wave_id" in arguments:
        return place_of_wave(runtime().session(), arguments["wave_id"])._asdict()
    if "programme_id" in arguments:
        programme = show_programme(runtime().session(), arguments["programme_id"])
        return {"programme_id": programme.id, "programme": programme.name}
    return {}
