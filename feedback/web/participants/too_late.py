"""The page for a form that was sent to a link that leads nowhere: nothing of it was kept, and its texts to be copied.

Whether there ever was such a link is not asked for it: its own letters open what the form carried.
"""

from flask import render_template, request, url_for
from werkzeug.exceptions import HTTPException

from feedback.domain.links import page_key
from feedback.domain.survey.drafts import Draft, texts_in
from feedback.services.waves.submit_response import read_link
from feedback.web.participants.cached_pages import padded
from feedback.web.participants.page_state import unseal_draft

_WRITTEN = "written"
_NEVER_WRITTEN = frozenset({"state", "sent", "receipt", "word", _WRITTEN})


def too_late_page() -> bytes:
    """Return the page, in which the texts of the form travel on to another language."""
    return padded(render_template("participant/too_late.html", texts=_texts(), receipt_url=url_for("receipts.ask")))


def _texts() -> list[str]:
    try:
        fields = request.form.to_dict(flat=False)
    except HTTPException:
        # A form that is too long, or broken off, cannot be read; that it came too late is told all the same.
        return []
    link, state = request.path.split("/")[2], next(iter(fields.get("state", ())), "")
    draft = unseal_draft(page_key(read_link(link)), state) or Draft()
    sent = {name: said for name, said in fields.items() if name not in _NEVER_WRITTEN}
    return [*fields.get(_WRITTEN, ()), *(texts_in(draft.values) | texts_in(sent)).values()]
