"""The pool's case: experts, bookings, and the queue of requests that could not be served yet."""

import hashlib

import msgspec

from schemas.appraisal import ExpertRegistered, PanelReleased, PanelRequested
from schemas.decision import Context, Decision, Timer, TimerDue, already_known, refused
from services.appraisal import law
from services.appraisal.rules_desk import Desk, number_of, without
from services.appraisal.rules_state import Expert, PoolCase, Waiting

EXPERTS_MAX = 2_000
WAITING_MAX = 2_000
"""Requests that may wait; one more is refused to the dead letters, from where it can be redriven."""
SETTLED_MAX = 1_000
POOL_LOOK = "pool-look"


def decide_pool(
    pool: PoolCase | None,
    fact: ExpertRegistered | PanelRequested | PanelReleased | TimerDue,
    context: Context,
) -> Decision[PoolCase]:
    """Decide one fact, or the timer, about a pool."""
    known = pool or PoolCase()
    if isinstance(fact, ExpertRegistered):
        return _register(pool, known, fact, context)
    if isinstance(fact, PanelRequested):
        return _request(pool, known, fact, context)
    if isinstance(fact, PanelReleased):
        return _release(pool, known, fact, context)
    desk = Desk(known, context)
    desk.move_unsound()
    desk.serve_waiting(from_the_start=False)
    return desk.decision("pool-looked-over", (law.RANDOM_PANEL,))


def next_pool_timer(pool: PoolCase) -> Timer | None:
    """The next morning on which the queue, or dates on unpublished days, are looked at again."""
    return None if pool.look_at is None else Timer(pool.look_at, POOL_LOOK)


def request_key(fact: PanelRequested | PanelReleased) -> str:
    """Name an application inside the pool."""
    return f"{fact.person_key}/{fact.application_reference}"


def _register(pool: PoolCase | None, known: PoolCase, fact: ExpertRegistered, context: Context) -> Decision[PoolCase]:
    before = known.experts.get(fact.expert_key)
    expert = entered(fact)
    if fact.reverses is not None:
        return refused(pool, "reversal-unsupported")
    if before is not None and before.reference != fact.business_reference:
        return refused(pool, "expert-under-other-reference", expert=fact.expert_key)
    if before is not None and fact.revision <= before.revision:
        if fact.revision == before.revision and expert.digest != before.digest:
            return refused(pool, "revision-conflict", reference=fact.business_reference)
        return already_known(pool, "expert-known", expert=fact.expert_key)
    if before is None and len(known.experts) >= EXPERTS_MAX:
        return refused(pool, "pool-full", maximum=EXPERTS_MAX)
    experts = dict(sorted({**known.experts, fact.expert_key: expert}.items()))
    desk = Desk(msgspec.structs.replace(known, experts=experts), context)
    if before is not None:
        desk.move_unsound(fact.expert_key)
    desk.serve_waiting()
    code = "expert-registered" if before is None else "expert-corrected"
    return desk.decision(code, (law.EXPERT_CONDITIONS,), expert=fact.expert_key)


def _request(pool: PoolCase | None, known: PoolCase, fact: PanelRequested, context: Context) -> Decision[PoolCase]:
    key = request_key(fact)
    if known.settled.get(key, 0) >= fact.request_number:
        return already_known(pool, "request-released-before", application=fact.application_reference)
    if number_of(known, key) >= fact.request_number:
        return already_known(pool, "request-known", application=fact.application_reference)
    if len(known.waiting) >= WAITING_MAX:
        return refused(pool, "queue-full", maximum=WAITING_MAX)
    desk = Desk(without(known, key), context)
    answer = desk.serve(key, Waiting(fact.model_dump_json(), context.fact_id, fact.conclusion_due_on))
    paragraphs = (law.RANDOM_PANEL, law.TIME_LIMIT, law.RECUSAL)
    code = "panel-drawn" if key in desk.pool.bookings else "panel-not-drawn"
    return desk.decision(code, paragraphs, application=fact.application_reference, **answer)


def _release(pool: PoolCase | None, known: PoolCase, fact: PanelReleased, context: Context) -> Decision[PoolCase]:
    key = request_key(fact)
    if known.settled.get(key, 0) >= fact.request_number:
        return already_known(pool, "request-released-before", application=fact.application_reference)
    settled = {**known.settled, key: fact.request_number}
    kept = dict(list(settled.items())[-SETTLED_MAX:])
    held = number_of(known, key)
    rest = without(known, key) if held <= fact.request_number else known
    desk = Desk(msgspec.structs.replace(rest, settled=kept), context)
    desk.serve_waiting()
    code = "panel-released" if 0 < held <= fact.request_number else "nothing-to-release"
    return desk.decision(code, (), application=fact.application_reference)


def entered(fact: ExpertRegistered) -> Expert:
    """Give an expert as the pool keeps it."""
    return Expert(
        reference=fact.business_reference,
        revision=fact.revision,
        digest=hashlib.sha256(fact.content().encode()).hexdigest()[:32],
        specialties=tuple(sorted(set(fact.specialties))),
        senior_title=fact.senior_title,
        trained=fact.trained,
        term_from=fact.term_from,
        term_until=fact.term_until,
        employer_unit_code=fact.employer_unit_code,
        related_unit_codes=fact.related_unit_codes,
        related_person_keys=fact.related_person_keys,
    )
