"""Small blocks made by hand."""

from feedback.auditor.atoms import Atom, Block, Crowd
from feedback.auditor.model import Model, Whole, whole
from feedback.auditor.topics import Attribute, Claim, Topic


def crowd(groups: str, *sizes: int, asked: bool = True) -> Crowd:
    """Return a crowd that is in these groups, with atoms of these sizes."""
    names = frozenset(groups.split())
    return Crowd(names, asked=asked, atoms=tuple(Atom("", None, size, names) for size in sizes))


def block(
    *crowds: Crowd, claims: tuple[Claim, ...] = (), answers: int = 3, attributes: tuple[Attribute, ...] = (), k: int = 5
) -> Block:
    """Return a block of these crowds, about a question with so many answers."""
    groups = tuple(sorted({name for one in crowds for name in one.groups}))
    topic = Topic(("C1",), {"mentor"}, tuple(str(at) for at in range(answers)), attributes, k)
    return Block(topic, groups, crowds, claims)


def aimed(made: Block, *inside: int, answered: dict[str, tuple[int, int]] | None = None) -> Model:
    """Return the model of a block, aimed at so many people of each crowd."""
    model = Model(made, answered or {})
    model.aim(inside)
    return model


def solution(*parts: tuple[int, tuple[int, ...]]) -> Whole:
    """Return a solution: for each part how many took part, and how many gave each answer; the inside comes first."""
    return whole([number for members, cells in parts for number in (members, *cells)])
