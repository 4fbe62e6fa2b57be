"""What the appraisal service hears and says."""

from schemas.appraisal import (
    AppraisalAccepted,
    AppraisalClosed,
    AppraisalCorrectionsRequested,
    AppraisalExtended,
    AppraisalExtensionDecided,
    AppraisalNoticeRequested,
    AppraisalRefused,
    AppraisalSubmitted,
    AppraisalWithdrawn,
    ExpertRegistered,
    PanelDeclined,
    PanelDrawn,
    PanelReleased,
    PanelRequested,
    PanelScheduled,
)
from schemas.fact import Fact

HEARS: tuple[type[Fact], ...] = (
    AppraisalSubmitted,
    AppraisalWithdrawn,
    AppraisalExtensionDecided,
    ExpertRegistered,
    PanelRequested,
    PanelReleased,
    PanelDrawn,
    PanelDeclined,
)
"""Applications, extensions and experts from the window; the pool's requests and answers from the service itself."""

SAYS: tuple[type[Fact], ...] = (
    AppraisalAccepted,
    AppraisalRefused,
    AppraisalCorrectionsRequested,
    AppraisalExtended,
    AppraisalClosed,
    PanelRequested,
    PanelReleased,
    PanelDrawn,
    PanelDeclined,
    PanelScheduled,
    AppraisalNoticeRequested,
)
"""Decisions on applications, the talk with the pool, and notices."""
