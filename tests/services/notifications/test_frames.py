"""What a unit, an applicant or a card holder hears or reads: one greeting, one hotline, one signature, and a sentence that ends."""

import ast
import inspect
import re
from datetime import UTC, date, datetime
from types import ModuleType

import pytest

from schemas.appraisal import Applicant, DateStanding, Material, PanelDeclined, PanelDrawn, PanelSeat, Specialty
from schemas.calendar import CountedDay
from schemas.vocabulary import Agency
from services.appraisal import law as appraisal_law
from services.appraisal import texts as appraisal
from services.arrears import texts as arrears
from services.arrears import texts_notice as notices
from services.cards import texts as cards
from services.notifications.texts import AGENCY_NAMES_ZH, HOTLINE, call_text, mail_text, question
from services.outlets.directory import published_outlets
from tests.services.appraisal.samples import application, request

DUE, LATER = date(2027, 1, 1), date(2027, 1, 31)
LAPSES_AT = datetime(2026, 12, 8, 16, 0, tzinfo=UTC)
OUTLET = published_outlets()[0]
APPLICATION = application()
ASKED = {
    name: getattr(request(), name)
    for name in ("district", "agency", "person_key", "application_reference", "pool_key", "request_number")
}
DRAWN = PanelDrawn(
    **ASKED,
    occurred_on=date(2026, 11, 2),
    seats=tuple(PanelSeat(expert_key=f"expert-{number}", specialty="") for number in range(3)),
    sitting_on=date(2026, 12, 8),
    slot="09:40",
    room=2,
    standing=DateStanding.IN_TIME,
    provisional=True,
    replaces=True,
    specialties=(Specialty.NEUROLOGY,),
    request_event_id="event",
    pool_version="v",
    seed="s",
    candidates=(),
)
DECLINED = PanelDeclined(
    **ASKED,
    occurred_on=date(2026, 11, 2),
    reasons=("specialty-unfilled", "no-sitting-free"),
    unfilled_specialties=(Specialty.NEUROLOGY,),
    eligible_count=1,
)
LIMITS = [
    appraisal.limit_text(standing, DUE, LATER, is_extended=is_extended)
    for standing in DateStanding
    for is_extended in (False, True)
]
LAW = appraisal_law.LAW_55

APPRAISAL_BODIES = {
    "scheduled": [appraisal.scheduled(APPLICATION, DRAWN, "2楼第2鉴定室", limit, LAW) for limit in LIMITS],
    "refused": [appraisal.refused(APPLICATION, ("city-not-served", "review-too-early"))],
    "corrections": [
        appraisal.corrections(APPLICATION, tuple(Material), CountedDay(DUE, provisional=is_provisional), law)
        for law in appraisal_law.LAWS
        for is_provisional in (False, True)
    ],
    "waiting": [appraisal.waiting(APPLICATION, DECLINED, DUE, fell_away) for fell_away in (False, True)],
    "extended": [appraisal.extended(APPLICATION, ground, LATER) for ground in appraisal.EXTENSION_TEXTS],
    "overdue": [appraisal.overdue(APPLICATION, DUE)],
    "abandoned": [appraisal.abandoned(APPLICATION, DUE)],
    "withdrawn": [appraisal.withdrawn(APPLICATION)],
}
CARD_BODIES = {
    "temporary_text": [cards.temporary_text(LAPSES_AT, is_wanted) for is_wanted in (False, True)],
    "written_text": [cards.written_text(is_made) for is_made in (False, True)],
    "lifted_text": [cards.lifted_text()],
    "lapsed_text": [cards.lapsed_text()],
    "coming_text": [cards.coming_text(OUTLET, LAPSES_AT)],
    "waiting_text": [cards.waiting_text()],
    "unclear_text": [cards.unclear_text()],
    "issued_text": [cards.issued_text(outlet, "WH0123456789AB") for outlet in (OUTLET, None)],
    "abandoned_text": [cards.abandoned_text()],
}
OWED = [
    arrears.OwedLine("2025-11", "pension", 10_460_400, 151_670),
    arrears.OwedLine("2025-12", "medical", 230_100, 1_024),
]
ARREARS_BODIES = {"reminder": [arrears.reminder(OWED, date(2020, 1, 1), date(2026, 11, 2))]}
NOTICE_BODIES = {
    "warning": [notices.warning({"2026-10/pension": 10_460_400, "2026-10/medical": 1}, date(2026, 11, 16), DUE)]
}
UNIT = "威海示例机械有限公司"
WORKER, HOLDER = appraisal.confirmation(Applicant.WORKER), cards.CONFIRMATION
BODIES = [
    *((UNIT, "", body) for bodies in ARREARS_BODIES.values() for body in bodies),
    *((UNIT, "", body) for bodies in NOTICE_BODIES.values() for body in bodies),
    *((appraisal.RECIPIENT, WORKER, body) for bodies in APPRAISAL_BODIES.values() for body in bodies),
    *((cards.HOLDER, HOLDER, body) for bodies in CARD_BODIES.values() for body in bodies),
]


@pytest.mark.parametrize(("name", "confirmation", "body"), BODIES, ids=range(len(BODIES)))
def test_every_call_and_mail_greets_once_names_one_hotline_and_is_signed_once(
    name: str, confirmation: str, body: str
) -> None:
    call = call_text(Agency.WENDENG, question(name, confirmation), body)
    mail = mail_text(Agency.WENDENG, name, body)

    for text in (call, mail):
        assert text.count("您好") == 1
        assert text.count(HOTLINE) == len(re.findall(r"12333", text)) == 1
        assert sum(text.count(agency) for agency in AGENCY_NAMES_ZH.values()) == 1
        assert not re.search(r"[\u4e00-\u9fff0-9]如有疑问|[，；]\n|。。|；。|\{|[\u4e00-\u9fff][,;:?!]", text)


@pytest.mark.parametrize(("name", "confirmation", "body"), BODIES, ids=range(len(BODIES)))
def test_a_caller_tells_nothing_before_it_is_confirmed_who_listens(name: str, confirmation: str, body: str) -> None:
    first, then, rest = call_text(Agency.WENDENG, question(name, confirmation), body).split("\n", 2)

    asked = confirmation or "请问是威海示例机械有限公司吗？"
    assert first == f"您好，这里是文登区社会保险服务中心。{asked}"
    assert then.startswith("【对方确认后再告知")
    assert rest.startswith(body.split("\n", maxsplit=1)[0])


@pytest.mark.parametrize(
    ("applicant", "asked"),
    [
        (Applicant.WORKER, "请问您是否提出过劳动能力鉴定申请？"),
        (Applicant.CLOSE_RELATIVE, "请问您是否提出过劳动能力鉴定申请？"),
        (Applicant.UNIT, "请问贵单位是否提出过劳动能力鉴定申请？"),
        (Applicant.AGENCY, "请问贵单位是否提出过劳动能力鉴定申请？"),
    ],
)
def test_an_applicant_is_asked_whether_they_applied(applicant: Applicant, asked: str) -> None:
    """Not "are you the applicant", which tells a stranger what it is about and asks them to guess."""
    assert appraisal.confirmation(applicant) == asked


@pytest.mark.parametrize(
    ("texts", "bodies", "other"),
    [
        (
            appraisal,
            APPRAISAL_BODIES,
            {"findings", "shortages", "specialties", "materials", "place", "confirmation", "limit_text"},
        ),
        (arrears, ARREARS_BODIES, set()),
        (notices, NOTICE_BODIES, {"objections", "channel"}),
        (cards, CARD_BODIES, {"local_time", "end_of_day", "opening_hours"}),
    ],
    ids=["appraisal", "arrears", "notices", "cards"],
)
def test_every_body_that_a_service_can_write_is_looked_at_here(
    texts: ModuleType, bodies: dict[str, list[str]], other: set[str]
) -> None:
    tree = ast.parse(inspect.getsource(texts))
    written = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}

    assert written == set(bodies) | other
