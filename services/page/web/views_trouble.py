"""*Trouble*: dead letters by code, each readable and masked; parked cases, halted tasks, unclear effects, stuck timers."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from schemas.page import PageAct
from services.page.store.answers_trouble import DeadFilter, DeadLetter
from services.page.web.desk import Visit, with_form, with_right
from services.page.web.people import Right
from services.page.web.recording import said_why
from services.page.web.refused import RefusedHereError
from services.page.web.unmasking import unmasked

Code = Annotated[str, Field(max_length=80)]

router = APIRouter()


class DeadWanted(BaseModel):
    """Which dead letters an address asks for."""

    model_config = ConfigDict(extra="forbid")

    service: Code = ""
    code: Code = ""
    topic: Code = ""
    all: bool = False
    after: Annotated[str, Field(max_length=1_000)] = ""

    @property
    def filter(self) -> DeadFilter:
        """Give it as the store takes it."""
        return DeadFilter(self.service, self.code, self.topic, only_open=not self.all)


@router.get("/trouble")
async def trouble(visit: Annotated[Visit, with_right(Right.SEE_TROUBLE)]) -> Response:
    """Show everything that waits for people."""
    queries, access = visit.queries, visit.access
    return visit.page(
        "trouble.html",
        codes=await queries.dead_codes(access),
        parked=await queries.parked(access),
        halted=await queries.halted(access) if access.is_whole else (),
        unclear=await queries.unclear(access),
        timers=await queries.stuck_timers(access),
    )


@router.get("/trouble/dead")
async def dead(
    visit: Annotated[Visit, with_right(Right.SEE_TROUBLE)], wanted: Annotated[DeadWanted, Query()]
) -> Response:
    """List dead letters."""
    page = await visit.queries.dead_letters(visit.access, wanted.filter, after=wanted.after)
    return visit.page("dead.html", wanted=wanted, list=page)


@router.get("/trouble/dead/{service}/{partition}/{offset}")
async def dead_letter(
    visit: Annotated[Visit, with_right(Right.SEE_TROUBLE)],
    service: Annotated[str, Path(max_length=40)],
    partition: Annotated[int, Path(ge=0, le=10_000)],
    offset: Annotated[int, Path(ge=0)],
) -> Response:
    """Show one dead letter, masked."""
    letter = await _letter(visit, f"{service}/{partition}/{offset}")
    return visit.page("dead_letter.html", letter=letter, clear=None)


@router.post("/trouble/dead/{service}/{partition}/{offset}/unmask")
async def unmask(
    visit: Annotated[Visit, with_form(Right.UNMASK, is_confirmed=True)],
    service: Annotated[str, Path(max_length=40)],
    partition: Annotated[int, Path(ge=0, le=10_000)],
    offset: Annotated[int, Path(ge=0)],
    because: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Show one dead letter as it stands in its topic; that it was asked for, by whom and why, is recorded first."""
    letter = await _letter(visit, f"{service}/{partition}/{offset}")
    recorder = visit.desk.recorder
    fact = recorder.act(
        PageAct.UNMASKING_ASKED,
        visit.person,
        "unmask",
        service=service,
        items=[letter.name],
        district=letter.district,
        explanation=said_why(because),
    )
    await recorder.write(fact)
    record = await visit.desk.mending.mesh.dead_record(service, partition, offset)
    if record is None:
        raise RefusedHereError(404, "original-missing", letter.name)
    return visit.page("dead_letter.html", letter=letter, clear=unmasked(visit.desk.mending.mesh.codec, record))


async def _letter(visit: Visit, name: str) -> DeadLetter:
    letter = await visit.queries.dead_letter(visit.access, name)
    if letter is None:
        raise RefusedHereError(404, "dead-letter-unknown", name)
    return letter
