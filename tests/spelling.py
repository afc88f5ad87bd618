"""Addresses, and the ways in which people and programs write one of them."""

import unicodedata

from hypothesis import strategies as st

from feedback.domain.address import domain_of, read_address

LABELS = ("bücher", "españa", "例え", "مثال", "straße", "пример", "ελλάδα", "müller-lüdenscheidt", "example", "a1")
LOCAL_PARTS = r"[a-z0-9_]([a-z0-9_']{0,6}[a-z0-9_])?([.+-][a-z0-9]{1,8})?"
"""Without a quote at either end, which is taken for one that somebody has put around an address."""


def addresses() -> st.SearchStrategy[str]:
    """Addresses in small letters, half of them at domains of other letters than ASCII's."""
    domains = st.lists(st.sampled_from(LABELS), min_size=1, max_size=2).map(
        lambda labels: ".".join((*labels, "example"))
    )
    return st.builds("{}@{}".format, st.from_regex(LOCAL_PARTS, fullmatch=True), domains)


@st.composite
def spelled(draw: st.DrawFn, address: str) -> str:
    """The same address: spaces around it, letters large or decomposed, its domain as people or as DNS write it."""
    local_part = address.rpartition("@")[0]
    domain = draw(st.sampled_from((address.rpartition("@")[2], domain_of(read_address(address)))))
    form = draw(st.sampled_from(("NFC", "NFD")))
    letters = unicodedata.normalize(form, f"{local_part}@{domain}")
    capitals = draw(st.lists(st.booleans(), min_size=len(letters), max_size=len(letters)))
    written = "".join(
        _capital(letter) if is_large else letter for letter, is_large in zip(letters, capitals, strict=True)
    )
    return draw(st.sampled_from(("", " ", "\t", "\u00a0"))) + written + draw(st.sampled_from(("", "  ", "\r\n")))


def _capital(letter: str) -> str:
    """A letter's capital, if that letter is what the capital's small one is: ß and ς have none."""
    return letter.upper() if letter.upper().lower() == letter else letter
