"""Answers without pages: what a participant would say, sealed and stored by the service itself."""

import base64
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

from feedback.domain.links import Receipt, new_receipt, page_key
from feedback.domain.sealing import seal_page_state
from feedback.domain.survey.answers import Answer, Wish
from feedback.domain.survey.drafts import Draft, wish_field, write_draft
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import NONE_OF_THESE, PREFER_NOT_TO_SAY, Question, Questionnaire, Rating
from feedback.services.waves.known_surveys import KnownSurveys
from feedback.services.waves.submit_response import OpenLink, follow_link, read_link, submit_response
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
    if question.kind is not MANY:
        return chance.choice((*question.option_codes, PREFER_NOT_TO_SAY))
    ticked = tuple(code for code in question.option_codes if chance.random() < 0.5)
    return tuple(code for code in ticked if len(ticked) == 1 or code not in question.alone) or NONE_OF_THESE


def respond(
    world: World, links: Iterable[str], texts: Sequence[str] = (), seed: int = 7, wishes: Sequence[Wish] = ()
) -> list[Receipt]:
    """Answer once through each link; the first of them write `texts`, one each. The same seed says the same."""
    chance, written, wished = random.Random(seed), iter(texts), iter(wishes)
    receipts, known = [], KnownSurveys()
    for link in links:
        followed = opened(world, link, known)
        answer = an_answer(followed.survey.questionnaire, chance, next(written, ""), next(wished, None))
        with world.writing() as connection:
            receipts.append(new_receipt())
            submit_response(connection, followed, answer, receipts[-1])
    return receipts


def opened(world: World, link: str, known: KnownSurveys | None = None) -> OpenLink:
    """What a link leads to now."""
    with world.reading() as connection:
        pepper = world.tools.settings.pepper
        return follow_link(connection, read_link(link), now=world.clock(), pepper=pepper, known=known)


def ready_to_send(world: World, link: str, seed: int = 7) -> dict[str, str]:
    """The form of the page on which a participant looks at a complete answer for the last time."""
    return filled_in(link, opened(world, link).survey.questionnaire, seed)


def filled_in(link: str, questionnaire: Questionnaire, seed: int = 7) -> dict[str, str]:
    """The same to a questionnaire, whatever the link leads to."""
    answer = an_answer(questionnaire, random.Random(seed))
    draft = replace(draft_of(answer), receipt=new_receipt())
    state = seal_page_state(write_draft(draft), page_key(read_link(link)))
    return {"state": base64.b64encode(state).decode(), "go": "send"}
