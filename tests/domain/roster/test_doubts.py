"""Two people at one mailbox are refused, one name at two mailboxes is asked about, whatever the spelling."""

from dataclasses import replace

import pytest

from feedback.domain.address import Address, one_address, read_address
from feedback.domain.errors import RosterRefused
from feedback.domain.roster.doubts import examined
from feedback.domain.roster.likeness import name_key
from feedback.domain.roster.merging import KnownPerson, merged
from feedback.services.roster.read_file import read_file
from tests.roster_cases import case

ADA = "Ada Ito,team@example.com,mentor"


def known(name: str = "Ada Ito", email: str = "team@example.com", role: str = "mentor", left: bool = False):
    return KnownPerson(1, name, read_address(email), role, "", "en", left)


def mailbox(address: Address) -> Address:
    return one_address(address, {"example.org": "example.com"})


def questions(data: bytes, *before: KnownPerson) -> tuple[str, ...]:
    said = examined(before, merged(before, read_file(data), mailbox), mailbox).remarks
    return tuple(one for one in said if not one.startswith("Read as"))


def file_of(*lines: str) -> bytes:
    return "\n".join(("name,email,role", *lines)).encode()


def refused(data: bytes, *before: KnownPerson) -> str:
    with pytest.raises(RosterRefused) as wrong:
        questions(data, *before)
    return " ".join(wrong.value.problems)


@pytest.mark.parametrize("name", ["same-role", "two-roles-two-names"])
def test_two_names_at_one_address_are_refused_by_line(name: str) -> None:
    problem = refused(case(f"shared-mailbox/{name}.csv"))
    assert problem.startswith("Line 3, email: “team@example.com” is ")
    assert "line 2" in problem


@pytest.mark.parametrize("email", ["TEAM@example.com", "team+bo@example.com", "team@example.org"])
@pytest.mark.parametrize("has_left", [False, True])
def test_an_address_of_somebody_on_the_roster_is_refused_to_others(email: str, has_left: bool) -> None:
    problem = refused(file_of(f"Bo Li,{email},mentee"), known(left=has_left))
    assert "is the mailbox of “Ada Ito” (on the roster" in problem
    assert "give “Bo Li” another address" in problem


@pytest.mark.parametrize("name", ["Ada Ito", "ADA  ITO", '"Ito, Ada"', "Ada Itó", "Ada-Ito"])
def test_one_person_may_be_in_both_roles_at_one_address(name: str) -> None:
    assert questions(file_of(ADA, f"{name},Team@example.com,mentee")) == ()


def test_one_name_at_two_addresses_is_asked_about() -> None:
    (question,) = questions(case("same-name/r.csv"))
    assert question.startswith("Is “Ada Ito” one person? The name has two addresses: ")
    assert "ada@example.com (line 2) and ada.ito@example.com (line 3)" in question


@pytest.mark.parametrize(("left", "place"), [(False, "on the roster"), (True, "on the roster, has left")])
def test_a_name_that_is_on_the_roster_at_another_address_is_asked_about(left: bool, place: str) -> None:
    (question,) = questions(file_of("ITO ada,ada@example.com,mentee"), known(left=left))
    assert f"team@example.com ({place}) and ada@example.com (line 2)" in question


def test_nobody_is_asked_about_who_is_not_in_the_file() -> None:
    before = (known(), replace(known(email="ada@example.com", role="mentee"), number=2))
    assert questions(file_of("Bo Li,bo@example.com,mentee"), *before) == ()


def test_tags_and_domains_of_one_mailbox_are_no_two_addresses() -> None:
    assert questions(file_of(ADA, "Ada Ito,team+x@example.org,mentee")) == ()


def test_a_name_in_which_nothing_is_left_of_the_old_one_is_asked_about() -> None:
    (question,) = questions(file_of("Bo Li,team@example.com,mentor"), known())
    assert "is “Ada Ito” on the roster and “Bo Li” in the file. Is this one person?" in question
    assert questions(file_of("Ada Smith,team@example.com,mentor"), known()) == ()


@pytest.mark.parametrize(
    ("one", "other"), [("O'Brien", "O’BRIEN"), ("Zoë", "zoe\u0308"), ("דנה", "דָּנָה"), ("Straße", "STRASSE")]
)
def test_names_are_compared_as_people_compare(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Ada Ito", "Ada Itos"), ("李", "王"), ("★", "☆")])
def test_other_names_are_others(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
