"""A mail scanner: opens what a link leads to, follows what it finds there, and presses every button it sees."""

import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient

from tests.promises.adversary import dump, read_everything
from tests.promises.visits import engine_of, keys_engine_of
from tests.world import World

_BUTTONS = {"submit", "image", "button"}
_MOST_PAGES = 100


@dataclass
class Form:
    """A form as a page has it: `fields` as they stand, `buttons` one of which would be pressed."""

    action: str
    name: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def ways_to_send(self) -> list[dict[str, str]]:
        """What is posted without a button, and with each."""
        return [dict(self.fields), *(dict([*self.fields, button]) for button in self.buttons)]


class Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.outside: list[tuple[str, tuple[str, str]]] = []
        self.feed(html)
        for name, button in self.outside:
            next(form for form in self.forms if form.name == name).buttons.append(button)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "a" and known.get("href", "").startswith(("/", "?")):
            self.links.append(known["href"])
        elif tag == "form":
            self.forms.append(Form(known["action"], known.get("id", "")))
        elif tag in {"input", "button", "textarea"} and "name" in known:
            self._take(tag, known)

    def _take(self, tag: str, known: dict[str, str]) -> None:
        pair = (known["name"], known.get("value", ""))
        kind = known.get("type", "submit" if tag == "button" else "text")
        if "form" in known:
            self.outside.append((known["form"], pair))
        elif kind in _BUTTONS:
            self.forms[-1].buttons.append(pair)
        elif kind not in {"radio", "checkbox"} or "checked" in known:
            self.forms[-1].fields.append(pair)


def look_at_everything(client: FlaskClient, start: str) -> set[str]:
    """Follow every link and send every form as it stands, and so on; return the paths that were posted to."""
    waiting, seen, posted = [start], {start}, set()
    while waiting:
        assert len(seen) < _MOST_PAGES
        address = waiting.pop()
        pages = [client.get(address).text]
        for form in Page(pages[0]).forms:
            posted.add(urlsplit(form.action).path)
            pages += [client.post(form.action, data=data).text for data in form.ways_to_send()]
        new = {urljoin(address, link) for page in pages for link in Page(page).links} - seen
        seen |= new
        waiting += sorted(new)
    return posted


def fingerprint(world: World) -> list[str]:
    """Everything that both databases hold: on SQLite the bytes of their files, on PostgreSQL all rows and places."""
    if world.kind == "sqlite":
        files = sorted(Path(str(engine_of(world).url.database)).parent.glob("*.sqlite*"))
        return [f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files if _lasting(file)]
    return [line for engine in (engine_of(world), keys_engine_of(world)) for line in dump(read_everything(engine))]


def _lasting(file: Path) -> bool:
    # The shared-memory file holds locks of the moment and is made anew from the log.
    return not file.name.endswith("-shm")
