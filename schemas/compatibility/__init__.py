"""What a change of a contract breaks, for whom, and in which direction; in words.

Facts stay in their topics for ever and services are upgraded one after another, so a change must hold both ways with
every version that is kept (FULL_TRANSITIVE). Stricter than a registry where Avro reads on but the meaning is another:
logical types, names of records.
"""

from schemas.compatibility.comparison import compare, compare_values
from schemas.compatibility.findings import Change, Finding, Side, Weight
from schemas.compatibility.report import ContractFinding, Report, check_all

__all__ = ["Change", "ContractFinding", "Finding", "Report", "Side", "Weight", "check_all", "compare", "compare_values"]
