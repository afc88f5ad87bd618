"""Answers without pages: what a participant would say, sealed and stored by the service itself."""

import base64
import random
from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy.orm import Session

from feedback.domain.links import LinkSecret, Receipt, entitlement_digest, page_key, proof
from feedback.domain.sealing import seal_page_state
from feedback.domain.survey.answers import Answer, Rating, Wish
from feedback.domain.survey.drafts import Draft, wish_field, write_draft
from feedback.domain.survey.questionnaire_json import load_questionnaire
from feedback.domain.survey.questionnaires import NONE_OF_THESE, PREFER_NOT_TO_SAY, Kind, Question, Questionnaire
from feedback.services.waves.submit_response import read_link, submit_response
from feedback.storage.entitlements import open_right
from feedback.storage.waves import questionnaire_asked
from tests.world import World


def an_answer(questionnaire: Questionnaire, chance: random.Random, text: str = "", wish: Wish | None = None) -> Answer:
    """A complete answer at random, the same text and wish to every open question."""
    ratings = {
        field: _rating(question, chance)
        for question in questionnaire.questions
        if question.closed
        for field in question.fields
    }
    texts = {question.code: text for question in questionnaire.open_questions if text}
    return Answer(ratings, texts, dict.fromkeys(texts, wish) if wish else {})


def draft_of(answer: Answer) -> Draft:
    """Return the draft that an answer comes of."""
    ratings = {name: (said,) if isinstance(said, str) else said for name, said in answer.ratings.items()}
    texts = {code: (text,) for code, text in answer.texts.items()}
    wishes = {wish_field(code): (str(wish),) for code, wish in answer.wishes.items()}
    return Draft({**ratings, **texts, **wishes})


def _rating(question: Question, chance: random.Random) -> Rating:
    if question.kind is not Kind.MANY:
        return chance.choice((*question.option_codes, PREFER_NOT_TO_SAY))
    ticked = tuple(code for code in question.option_codes if chance.random() < 0.5)
    return ticked or NONE_OF_THESE


def respond(
    world: World, links: Iterable[str], texts: Sequence[str] = (), seed: int = 7, wishes: Sequence[Wish] = ()
) -> list[Receipt]:
    """Answer once through each link; the first of them write `texts`, one each. The same seed says the same."""
    chance, written, wished = random.Random(seed), iter(texts), iter(wishes)
    receipts = []
    with world.session() as session:
        for link in links:
            secret = read_link(link)
            answer = an_answer(_asked(session, secret), chance, next(written, ""), next(wished, None))
            receipts.append(submit_response(session, secret, answer, now=world.clock()).receipt)
    return receipts


def asked_through(session: Session, link: str) -> tuple[LinkSecret, Questionnaire]:
    """The secret in a link, and what its holder is asked."""
    secret = read_link(link)
    return secret, _asked(session, secret)


def _asked(session: Session, secret: LinkSecret) -> Questionnaire:
    right = open_right(session.connection(), entitlement_digest(proof(secret)))
    assert right is not None
    return _loaded(questionnaire_asked(session, right.wave_id, right.role))


_loaded = cache(load_questionnaire)


def ready_to_send(world: World, link: str, seed: int = 7) -> dict[str, str]:
    """The form of the page on which a participant looks at a complete answer for the last time."""
    secret = read_link(link)
    with world.session() as session:
        questionnaire = _asked(session, secret)
    draft = write_draft(draft_of(an_answer(questionnaire, random.Random(seed))))
    state = seal_page_state(draft, page_key(secret))
    return {"state": base64.b64encode(state).decode(), "go": "send"}
