"""What a part of a unit's case gives back when it looked at the case."""

import msgspec

from schemas.fact import Fact
from services.arrears.rules_state import UnitCase


class Reaction(msgspec.Struct, frozen=True, gc=False):
    """The case after a part looked at it, what the part says, and the paragraphs that rests on."""

    case: UnitCase
    facts: tuple[Fact, ...] = ()
    paragraphs: tuple[str, ...] = ()
