"""The state machines of the arrears desk as tables: drawn to docs/generated/states, held sound by tests."""

from schemas.transitions import StateMachine
from services.arrears import texts_enforcement
from services.arrears.rules_enforcement_table import transitions as enforcement_transitions

ENFORCEMENT = StateMachine(
    name="arrears-enforcement",
    title="Enforcement of one notice (强制征缴)",
    stages={stage.value: name for stage, name in texts_enforcement.STAGE_NAMES.items()},
    triggers={
        **{act.value: name for act, name in texts_enforcement.ACT_NAMES.items()},
        **{event.value: name for event, name in texts_enforcement.EVENT_NAMES.items()},
    },
    final={stage.value: why for stage, why in texts_enforcement.FINAL.items()},
    transitions=enforcement_transitions(),
)

MACHINES = (ENFORCEMENT,)
"""Every table of this service."""
