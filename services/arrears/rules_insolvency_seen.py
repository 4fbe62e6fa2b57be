"""What an act of the desk on a road beside the ordinary one is judged by. Pure."""

from typing import NamedTuple

from schemas.decision import Context
from services.arrears.rules_insolvency_books import Books, books, owed_on
from services.arrears.rules_insolvency_standing import Done, last_proceeding
from services.arrears.rules_insolvency_state import ActRecord
from services.arrears.rules_measure_choice import Grounds
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_standing import Proceeding


class Seen(NamedTuple):
    """What an act is judged by: the case without it."""

    case: UnitCase
    on: Grounds
    act: ActRecord
    context: Context

    @property
    def done(self) -> Done:
        """What was done already."""
        return self.on.done

    @property
    def proceeding(self) -> Proceeding | None:
        """The bankruptcy the act belongs to."""
        return last_proceeding(self.on.position)

    @property
    def books(self) -> Books:
        """What is to be claimed: in a bankruptcy as of its acceptance, from a liquidation group as of the act's day."""
        if self.proceeding is not None:
            return books(self.case, self.proceeding, self.context)
        return owed_on(self.case, self.act.occurred_on, self.context)
