"""The units of a feed: who they are and how they pay."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from schemas.vocabulary import District
from services.gateway.simulation.identities import mail_address, telephone, unit_code, unit_name

_SHARES = {
    District.HUANCUI: 24,
    District.WENDENG: 20,
    District.GAOQU: 13,
    District.JINGQU: 11,
    District.LINGANG: 6,
    District.RONGCHENG: 16,
    District.RUSHAN: 10,
}
"""How the units spread over the districts, in hundredths."""


class Habit(StrEnum):
    """How a unit pays."""

    PUNCTUAL = "punctual"
    LATE = "late"
    """Pays every month, some weeks after the due date now and then."""
    PART = "part"
    """Pays less than is due in some months."""
    SEASONAL = "seasonal"
    """Misses the months without guests or fish."""
    DEFAULTING = "defaulting"
    """Stopped paying some months ago."""
    OVERPAYING = "overpaying"
    """Paid too much once or twice; one of these payments is taken back."""
    CORRECTED = "corrected"
    """Had assessments corrected by a higher revision."""
    OLD_DEBTOR = "old-debtor"
    """Owes months of 2019 and before (2019年底前应缴未缴)."""
    UNREGISTERED = "unregistered"
    """Has contributions and was never registered."""


_HABITS = (
    (Habit.LATE, 45),
    (Habit.PART, 30),
    (Habit.SEASONAL, 45),
    (Habit.DEFAULTING, 45),
    (Habit.OVERPAYING, 20),
    (Habit.CORRECTED, 20),
    (Habit.OLD_DEBTOR, 50),
    (Habit.UNREGISTERED, 5),
)
"""Units of each habit in a thousand; the others are punctual."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. Amounts follow from `staff` people at a monthly wage of `wage_fen`."""

    number: int
    code: str
    name: str
    district: District
    registered_on: date
    habit: Habit
    staff: int
    wage_fen: int
    phone: str
    email: str


def make_units(random: Random, count: int, first_month: date, end: date) -> list[Unit]:
    """Make units; punctual ones are registered all along the months, the others before they begin."""
    codes: set[str] = set()
    names: set[str] = set()
    habits = [habit for habit, share in _HABITS for _ in range(max(1, count * share // 1000))]
    habits = habits[:count] + [Habit.PUNCTUAL] * (count - len(habits))
    random.shuffle(habits)
    return [
        _unit(random, number, habit, (first_month, end), codes, names) for number, habit in enumerate(habits, start=1)
    ]


def _unit(random: Random, number: int, habit: Habit, span: tuple[date, date], codes: set[str], names: set[str]) -> Unit:
    district = random.choices(list(_SHARES), weights=list(_SHARES.values()))[0]
    name, is_seasonal = unit_name(random, district, names)
    if habit is Habit.SEASONAL and not is_seasonal:
        while not is_seasonal:
            name, is_seasonal = unit_name(random, district, names)
    return Unit(
        number=number,
        code=unit_code(random, district, codes),
        name=name,
        district=district,
        registered_on=_registered_on(random, habit, *span),
        habit=habit,
        staff=min(int(random.lognormvariate(2.6, 0.9)) + 1, 900),
        wage_fen=random.randrange(4_200, 11_000) * 100,
        phone=telephone(random) if random.random() < _WITH_PHONE else "",
        email=mail_address(number) if random.random() < _WITH_EMAIL else "",
    )


_WITH_PHONE, _WITH_EMAIL = 0.93, 0.6
_OLD_SINCE = date(2009, 3, 2)
_NEW_BEFORE_END_DAYS = 60


def _registered_on(random: Random, habit: Habit, first_month: date, end: date) -> date:
    if habit is Habit.OLD_DEBTOR:
        return _OLD_SINCE + timedelta(days=random.randrange(500))
    if habit is Habit.PUNCTUAL:
        latest = max((end - first_month).days - _NEW_BEFORE_END_DAYS, 0)
        return first_month + timedelta(days=random.randrange(-300, latest + 1))
    return first_month - timedelta(days=random.randrange(30, 2_500))
