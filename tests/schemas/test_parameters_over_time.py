"""What a parameter is on a day: the highest revision says all that holds."""

from datetime import date

import pytest
from pydantic import ValidationError

from schemas.mesh import EarlierValue, ParameterPublished

FIRST, SECOND, NOW = date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)


def earlier(value: str, effective_on: date) -> EarlierValue:
    """What held from a day on."""
    return EarlierValue(value=value, effective_on=effective_on)


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2023, 12, 31), None),
        (FIRST, "1"),
        (date(2024, 12, 31), "1"),
        (SECOND, "2"),
        (date(2025, 12, 31), "2"),
        (NOW, "3"),
    ],
)
def test_a_parameter_has_the_value_of_its_day(day: date, value: str | None) -> None:
    """Whatever the order in which earlier values are named."""
    published = ParameterPublished(
        name="measure-long-days", value="3", effective_on=NOW, earlier=(earlier("2", SECOND), earlier("1", FIRST))
    )

    assert value == published.value_on(day)


def test_an_earlier_value_that_rules_could_not_read_is_refused() -> None:
    with pytest.raises(ValidationError, match="parameter-value-invalid"):
        ParameterPublished(name="measure-long-days", value="3", effective_on=NOW, earlier=(earlier("soon", FIRST),))
