"""The parts whose facts make up the whole life of a case; a new part is added here."""

from tests.services.arrears.life import Life, LifePart
from tests.services.arrears.life_of_lines import LINES, setting
from tests.services.arrears.life_of_notices import ENFORCEMENT, NOTICE
from tests.services.arrears.life_of_status import ASSIGNMENT, STATUS

PARTS: tuple[LifePart, ...] = (LINES, STATUS, ASSIGNMENT, NOTICE, ENFORCEMENT)
WEIGHTED = (LINES, LINES, LINES, LINES, STATUS, ASSIGNMENT, NOTICE, NOTICE, NOTICE, ENFORCEMENT, ENFORCEMENT)
"""Who speaks how often."""
WAITS_DAYS = (0, 1, 3, 7, 14, 40, 100)


def live(life: Life) -> None:
    """One turn of a life: time passes, a setting changes, or some part's fact comes."""
    turn = life.one_of(("fact", "fact", "fact", "fact", "wait", "wait", "setting"))
    if turn == "wait":
        life.wait(life.one_of(WAITS_DAYS))
    elif turn == "setting":
        published = setting(life)
        life.parameters[published.name] = published
    else:
        life.lives_on(life.one_of(WEIGHTED))
