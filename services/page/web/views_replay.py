"""*Replay*: decide a case or a range again and see the differences. *Acts*: what people did at the page."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import RedirectResponse, Response

from schemas.page import PageAct
from schemas.topics import SERVICES
from services.page.web.desk import Visit, with_form, with_right
from services.page.web.people import Person, Right
from services.page.web.recording import Recorder
from services.page.web.refused import RefusedHereError
from services.page.web.replays import Replay
from services.runtime.door import KEY_FORMAT

ALL = "all"

router = APIRouter()


@router.get("/replay")
async def replays(visit: Annotated[Visit, with_right(Right.REPLAY)]) -> Response:
    """Show the form and the replays of late. A replay shows every district, so who sees some of them may not."""
    _see_all(visit)
    return visit.page(
        "replay.html", services=SERVICES, replays=visit.desk.replays.all(), busy=visit.desk.replays.is_busy
    )


@router.post("/replay")
async def start(
    visit: Annotated[Visit, with_form(Right.REPLAY)],
    service: Annotated[str, Form(max_length=40)],
    case_key: Annotated[str, Form(max_length=200)] = "",
    since: Annotated[str, Form(max_length=10)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Start a replay; that it was started is recorded first."""
    _see_all(visit)
    case_key, since, until = case_key.strip(), since.strip(), until.strip()
    if (
        service not in (ALL, *SERVICES)
        or (case_key and not KEY_FORMAT.fullmatch(case_key.encode()))
        or not (_is_day(since) and _is_day(until))
    ):
        raise RefusedHereError(400, "request-invalid", service, case_key, since, until)
    if visit.desk.replays.is_busy:
        raise RefusedHereError(409, "replay-busy")
    recorder, person, items = visit.desk.recorder, visit.person, [text for text in (case_key, since, until) if text]
    started = recorder.act(PageAct.REPLAY_STARTED, person, "replay", service=service, items=items)
    await recorder.write(started)
    if visit.desk.replays.is_busy:
        raise RefusedHereError(409, "replay-busy")

    async def ended(replay: Replay) -> None:
        await _say_ended(recorder, person, replay, started.matter)

    replay = visit.desk.replays.start(service, case_key, (since, until), person.number, ended)
    return RedirectResponse(f"/replay/{replay.name}", 303)


@router.get("/replay/{name}")
async def one_replay(
    visit: Annotated[Visit, with_right(Right.REPLAY)], name: Annotated[str, Path(max_length=64)]
) -> Response:
    """Show one replay; while it runs, the page asks again."""
    _see_all(visit)
    replay = visit.desk.replays.get(name)
    if replay is None:
        raise RefusedHereError(404, "replay-unknown", name)
    return visit.page("replay_part.html" if visit.is_partial else "replay_one.html", replay=replay)


@router.get("/acts")
async def acts(
    visit: Annotated[Visit, with_right(Right.SEE_ACTS)], after: Annotated[str, Query(max_length=1_000)] = ""
) -> Response:
    """Show what people did at the page, the latest first."""
    _see_all(visit)
    return visit.page("acts.html", list=await visit.queries.acts(visit.access, after=after))


async def _say_ended(recorder: Recorder, person: Person, replay: Replay, matter: str) -> None:
    code = "failed" if replay.mistake else "" if replay.agrees else "differences-found"
    await recorder.write(
        recorder.act(PageAct.REPLAY_ENDED, person, "replay", matter=matter, service=replay.service, code=code)
    )


def _see_all(visit: Visit) -> None:
    if not visit.access.is_whole:
        raise RefusedHereError(403, "district-not-yours", visit.request.url.path)


def _is_day(text: str) -> bool:
    if not text:
        return True
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
