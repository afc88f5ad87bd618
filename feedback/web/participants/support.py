"""The support desk: a form that is plainly not anonymous, apart from every survey and every link."""

from flask import Blueprint, Response, make_response, render_template, request, url_for

from feedback.domain.support import help_lines
from feedback.runtime import runtime
from feedback.services.support.ask_for_support import Desk, ask_for_support, find_desk
from feedback.web.languages import switched
from forms.support import SupportForm

support_pages = Blueprint("support", __name__, url_prefix="/support")


@support_pages.get("/<address>")
def ask(address: str) -> str:
    """Say whom a request goes to, and ask."""
    return draw_request(address, _desk(address), SupportForm())


@support_pages.post("/<address>")
def send(address: str) -> Response:
    """Take a request, or show what is missing."""
    desk, form = _desk(address), SupportForm(request.form)
    if switched():
        was_sent = request.form.get("shown") == "sent"
        return make_response(_sent_page(address, desk) if was_sent else draw_request(address, desk, form))
    if not form.validate():
        return make_response(draw_request(address, desk, form), 422)
    tools = runtime()
    ask_for_support(tools.session(), address, form.request, now=tools.clock())
    return make_response(_sent_page(address, desk))


def _desk(address: str) -> Desk:
    with runtime().reading() as connection:
        return find_desk(connection, address)


def _sent_page(address: str, desk: Desk) -> str:
    return render_template(
        "participant/support_sent.html",
        organisation=desk.organisation,
        programme=desk.programme,
        desk=desk,
        action=url_for(".send", address=address),
    )


def draw_request(address: str, desk: Desk, form: SupportForm) -> str:
    """Return the page on which somebody asks for support."""
    return render_template(
        "participant/support.html",
        organisation=desk.organisation,
        programme=desk.programme,
        desk=desk,
        form=form,
        errors=[(field.id, field.label.text, str(message)) for field in form for message in field.errors],
        action=url_for("support.send", address=address),
        help_lines=help_lines(desk.help_contacts),
    )
