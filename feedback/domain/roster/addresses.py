"""The address in a cell, without what mail programs, spreadsheets and directories write around it."""

import re

from feedback.domain.errors import CellRefused, quoted, sentence

INVISIBLE = dict.fromkeys(
    (
        *map(ord, "\u00ad\u061c\u180e\u200b\u200e\u200f\ufeff"),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x206A),
    )
)
_SEVERAL = sentence("%(text)s holds more than one address; keep one of them.")
_SHAPES = (
    re.compile(r"(?P<shown>[^<>]*)<(?P<address>[^<>]+)>"),
    re.compile(r"\[(?P<shown>[^\]]*)\]\((?P<address>[^()]+)\)"),
    re.compile(r"(?P<shown>[^#]*)#(?P<address>[^#]+)#{1,2}"),
    re.compile(r'=HYPERLINK\("(?P<address>[^"]+)"(?:[,;]"(?P<shown>[^"]*)")?\)', re.IGNORECASE),
)
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_.+-]*@[a-z0-9.-]*[a-z0-9]", re.IGNORECASE | re.ASCII)
_SCHEME = re.compile(r"(?:mailto|smtp|e-?mail)\s*:\s*", re.IGNORECASE)
_BLANKS = " \u200c\u200d"
_EDGES = "'\"‘’“”`´<>()[];,.:"


def unwrapped(text: str) -> str:
    """Return the one address in a cell; CellRefused naming what is too much if there is more than one."""
    if _PLAIN.fullmatch(text):
        return text
    plain = " ".join(text.translate(INVISIBLE).split()).rstrip(
        _EDGES.replace(">", "").replace(")", "").replace('"', "")
    )
    for shape in _SHAPES:
        if found := shape.fullmatch(plain):
            return _agreed(text, _bare(found["address"]), _bare(found["shown"] or ""))
    tokens = [_bare(token) for token in re.split(r"[;,\s|]+", plain)]
    addresses = {token.casefold(): token for token in tokens if "@" in token}
    others = [token for token in tokens if token and "@" not in token]
    if len(addresses) > 1:
        raise CellRefused(_SEVERAL, text=quoted(text))
    if len(addresses) == 1 and others and not _SCHEME.fullmatch(f"{others[0]}:"):
        raise CellRefused(
            sentence("%(text)s holds %(other)s beside the address; remove that."),
            text=quoted(text),
            other=quoted(" ".join(others)),
        )
    return next(iter(addresses.values()), plain)


def _agreed(text: str, address: str, shown: str) -> str:
    if "@" in shown and shown.casefold() != address.casefold():
        raise CellRefused(_SEVERAL, text=quoted(text))
    return address


def _bare(part: str) -> str:
    inner = part.strip(_EDGES + _BLANKS)
    if scheme := _SCHEME.match(inner):
        inner = inner[scheme.end() :].partition("?")[0]
    return inner.strip(_EDGES + _BLANKS)
