"""Participants for the demo: they follow the link in their mail and answer in the survey's pages, like a browser.

They know nothing of the service but its pages, and leave every survey alone whose mail somebody opened by hand.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.client import HTTPException
from itertools import groupby
from random import Random
from typing import Any, cast
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from werkzeug.test import Client

from feedback.demo.mailbox import Mailbox, plain_text
from feedback.domain.errors import FeedbackError
from feedback.domain.survey.kinds import NO, YES, plain_code, tick_name
from feedback.domain.survey.questionnaires import CANNOT_TELL, DOES_NOT_APPLY, NONE_OF_THESE, PREFER_NOT_TO_SAY

NEVER_ANSWER = 0.15
WARM = 4.0
COOL = 2.2
WRITE_SOMETHING = 0.5
CHOOSE_A_WISH = 0.8
COMMENTS = (
    "We talk much more openly now than at the first meeting.",
    "Please protect the time better: two of our meetings were moved at the last minute.",
    "I listen differently in meetings since we started.",
    "A short guide for the first conversation would have helped us.",
    "Hearing how promotion really works was worth a lot to me.",
    "I would have liked to choose the topics ourselves.",
    "It was uncomfortable at times, and that was the point.",
    "More leaders should take part, also from the regional offices.",
    "The matching was excellent. Keep doing it by hand.",
    "I am not sure yet what will change after the programme ends.",
)

_WISH = "-wish"
_NOTHING = "nothing"
_UNSAID = {PREFER_NOT_TO_SAY, DOES_NOT_APPLY, CANNOT_TELL}
_LINK = re.compile(r"https?://[^\s<>]+/s/[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
_SECONDS_TO_WAIT = 30
_MOST_STEPS = 30
_WITHOUT_PROXY = build_opener(ProxyHandler({}))
_BETTER_WHEN_LOW = re.compile(r"\b(negative|harm|worse|burden|felt fair|finds out)", re.IGNORECASE)
_UNFAVOURABLE = re.compile(r"disagree|never|\bnot?\b|none|poor|bad")
_FAVOURABLE = re.compile(r"\bagree|always|very|good|yes|a-lot")


Fetch = Callable[[Request], Any]
"""Returns the page that a request leads to, as a tree; raises HTTPError."""


@dataclass(frozen=True)
class AnswerProfile:
    """How somebody answers: by `chance`, and the more favourably the higher the `warmth` (2 is cool, 4 is warm)."""

    chance: Random
    warmth: float = WARM


def answer_unopened(
    mailbox: Mailbox, seed: int, report: Callable[[str], None], warmth: float = WARM, fetch: Fetch | None = None
) -> int:
    """Answer the surveys whose mails nobody opened, and return how many were answered; about one in seven never is.

    The same seed and the same mails give the same answers. Pages are fetched over HTTP unless `fetch` does it. Raises
    FeedbackError when the service is not there.
    """
    answered = 0
    surveys = tuple(_unopened_surveys(mailbox))
    for person, nth, link in surveys:
        # The link differs each time the demo is set up, the person does not: the answers stay the same.
        chance = Random(f"{seed} {person} {nth}")  # noqa: S311  # plausible, not secret
        if chance.random() >= NEVER_ANSWER:
            answered += _answer(link, AnswerProfile(chance, warmth), report, fetch or _fetch)
    report(f"{answered} of {len(surveys)} participants answered.")
    return answered


def _unopened_surveys(mailbox: Mailbox) -> Iterator[tuple[str, int, str]]:
    """Yield person, how many links the person had before, and link; each link once."""
    opened = mailbox.opened()
    touched: set[str] = set()
    person_by_link: dict[str, str] = {}
    for serial in mailbox.serials():
        mail = mailbox.read(serial)
        found = _LINK.search(plain_text(mail))
        if found:
            person_by_link.setdefault(found[0], str(mail["Delivered-To"]))
            touched |= {found[0]} if serial in opened else set()
    links_by_person: dict[str, list[str]] = {}
    for link, person in person_by_link.items():
        links_by_person.setdefault(person, []).append(link)
    for person, links in links_by_person.items():
        yield from ((person, nth, link) for nth, link in enumerate(links) if link not in touched)


def _answer(link: str, profile: AnswerProfile, report: Callable[[str], None], fetch: Fetch) -> bool:
    try:
        page = fetch(Request(link))  # noqa: S310  # the pattern of a link admits http and https only
        for _ in range(_MOST_STEPS):
            if _name(page) == "thanks":
                return True
            page = fetch(_next_request(page, profile))
    except HTTPError as refused:
        refused.close()
        report(f"A survey did not take an answer (HTTP status {refused.code}); its wave may be closed.")
        return False
    except LookupError:
        pass
    report("The pages of a survey did not lead to its thank-you page.")
    return False


def visitor(client: Client) -> Fetch:
    """Return what fetches pages of an application in this process, as a browser would from its server."""

    def fetch(request: Request) -> Any:
        answer = client.open(
            request.full_url,
            method=request.get_method(),
            data=cast(bytes | None, request.data),
            content_type="application/x-www-form-urlencoded",
            follow_redirects=True,
        )
        with answer:
            if answer.status_code >= HTTPStatus.BAD_REQUEST:
                raise HTTPError(request.full_url, answer.status_code, answer.status, Message(), None)
            return read_page(answer.request.url, answer.text)

    return fetch


def _fetch(request: Request) -> Any:
    try:
        with _WITHOUT_PROXY.open(request, timeout=_SECONDS_TO_WAIT) as answer:
            return read_page(answer.url, answer.read().decode(errors="replace"))
    except HTTPError:
        raise
    except (OSError, HTTPException) as error:
        site = "{0.scheme}://{0.netloc}".format(urlsplit(request.full_url))
        raise FeedbackError(f"Nobody answers at {site}; start the demo there, then try again.") from error


def read_page(url: str, text: str) -> Any:
    """Return a page that was found at `url` as a tree of lxml's, which knows the fields of its forms."""
    # Loaded only now: the image does without.
    from lxml.html import document_fromstring

    page = document_fromstring(text or "<p>", base_url=url)
    page.make_links_absolute()
    return page


def _next_request(page: Any, profile: AnswerProfile) -> Request:
    """Raise LookupError when the page leads nowhere."""
    if _name(page) == "promise":
        ways = [*page.xpath("//a/@href"), *(form.action for form in page.forms if form.method == "GET")]
        way = next((way for way in ways if urlsplit(way).path.endswith("/questions")), None)
        if way is None:
            raise LookupError
        return Request(way)  # noqa: S310  # a page that came over HTTP
    posts = [form for form in page.forms if form.method == "POST"]
    if not posts:
        raise LookupError
    # A page may offer small forms beside its own, such as one that withdraws the answer.
    form = max(posts, key=lambda form: len(form.xpath(".//input | .//textarea | .//button")))
    fields = urlencode([*fill(form, profile), *_pressed(form)])
    return Request(form.action or page.base_url, fields.encode())  # noqa: S310  # as above


def _name(page: Any) -> str:
    return "".join(page.xpath("(//body | //main)/@data-page")[-1:])


def _pressed(form: Any) -> list[tuple[str, str]]:
    buttons = form.xpath(".//button[@name]")
    chosen = [button for button in buttons if button.get("value") == "send"] or buttons
    return [(button.get("name"), button.get("value", "")) for button in chosen[:1]]


def fill(form: Any, profile: AnswerProfile) -> Iterator[tuple[str, str]]:
    """Yield plausible fields and values for a form, without its button: mostly favourable, now and then a comment."""
    chance = profile.chance
    # Text inputs are left as they came: a page may hold one that only a machine would fill in.
    for field in form.xpath(".//input[@name][not(@type) or @type='text' or @type='hidden']"):
        yield field.name, field.value or ""
    for name, values, question in _choices(form):
        if not name.endswith(_WISH):
            yield name, _one_of(values, name, question, profile)
        elif chance.random() < CHOOSE_A_WISH:
            yield name, chance.choice(values)
    for question, codes in _ticks(form):
        ticked = _some_of(codes, chance)
        yield from ((tick_name(question, code), YES if code in ticked else NO) for code in codes)
    for area in form.xpath(".//textarea[@name]"):
        most = int(area.get("maxlength", "10000"))
        yield area.name, chance.choice(COMMENTS)[:most] if chance.random() < WRITE_SOMETHING else ""


def _choices(form: Any) -> Iterator[tuple[str, list[str], str]]:
    """Yield name, values and legend of each question to which one thing is chosen, by name."""
    found = form.xpath(".//input[@type='radio'][@name][not(contains(@name, '.'))]")
    options = sorted(found, key=lambda option: option.name)
    for name, own in groupby(options, key=lambda option: option.name):
        first, *others = own
        # What stands for a question that is left open says nothing, and is not chosen.
        values = [code for option in (first, *others) if (code := plain_code(option.get("value", "")))]
        yield name, values, first.xpath("string(preceding::legend[1])")


def _ticks(form: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield each question to which several things may apply, with the codes of what one says yes or no to."""
    names = dict.fromkeys(option.name for option in form.xpath(".//input[@type='radio'][contains(@name, '.')]"))
    for question, own in groupby(names, key=lambda name: name.partition(".")[0]):
        yield question, [name.partition(".")[2] for name in own]


def _one_of(values: list[str], name: str, question: str, profile: AnswerProfile) -> str:
    chance = profile.chance
    answers = [value for value in values if value not in _UNSAID]
    if not answers or (len(answers) < len(values) and chance.random() < 0.04):
        return PREFER_NOT_TO_SAY
    if _better_when_low(answers, question):
        answers.reverse()
    # "Before the programme" lies in the middle, everything else in the upper part.
    level = chance.betavariate(2, 2.4) if name.endswith("-then") else chance.betavariate(profile.warmth, 1.5)
    return answers[min(int(level * len(answers)), len(answers) - 1)]


def _better_when_low(values: list[str], question: str) -> bool:
    return bool(_BETTER_WHEN_LOW.search(question)) or _favour(values[0]) > _favour(values[-1])


def _favour(value: str) -> int:
    return bool(_FAVOURABLE.search(value)) - bool(_UNFAVOURABLE.search(value))


def _some_of(values: list[str], chance: Random) -> list[str]:
    alone = [value for value in values if value in {PREFER_NOT_TO_SAY, NONE_OF_THESE} or value.startswith(_NOTHING)]
    ticked = [value for value in values if value not in alone and chance.random() < 0.5]
    if alone and (not ticked or chance.random() < 0.04):
        return [chance.choice(alone)]
    return ticked or values[:1]
