"""Orders: a dry run, a proposal with its reason, a second person's approval. Each click is a recorded act."""

from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import RedirectResponse, Response

from services.page.web.desk import Visit, with_form, with_right
from services.page.web.mending import Wish
from services.page.web.orders import ACTIONS, Prepared
from services.page.web.people import Right
from services.page.web.refused import RefusedHereError

Matter = Annotated[str, Path(max_length=64)]
Item = Annotated[str, Form(max_length=200)]

router = APIRouter()


@router.post("/proposals/dry-run")
async def dry_run(
    visit: Annotated[Visit, with_form(Right.MEND)],
    action: Item,
    service: Item,
    item: Annotated[list[str] | None, Form(max_length=150)] = None,
) -> Response:
    """Say what would be ordered; writes nothing."""
    wish = Wish(action, service, tuple(item or ()))
    found = await visit.desk.mending.dry_run(visit.access, wish)
    return visit.page("dry_run.html", wish=wish, found=found, actions=ACTIONS)


@router.post("/proposals")
async def propose(
    visit: Annotated[Visit, with_form(Right.MEND)],
    action: Item,
    service: Item,
    item: Annotated[list[str] | None, Form(max_length=150)] = None,
    because: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Record a proposal; a second person finds it under `Proposals`."""
    proposal = await visit.desk.mending.propose(visit.person, Wish(action, service, tuple(item or ())), because)
    return RedirectResponse(f"/proposals/{proposal.matter}", 303)


@router.get("/proposals")
async def proposals(visit: Annotated[Visit, with_right(Right.SEE_TROUBLE)]) -> Response:
    """List proposals in the districts of who asks."""
    shown = [one for one in visit.desk.mending.proposals.all(visit.desk.now()) if visit.access.sees(one.district)]
    return visit.page("proposals.html", proposals=shown, actions=ACTIONS)


@router.get("/proposals/{matter}")
async def proposal(visit: Annotated[Visit, with_right(Right.SEE_TROUBLE)], matter: Matter) -> Response:
    """Show one proposal, with what it would do now."""
    found = visit.desk.mending.proposals.get(matter, visit.desk.now())
    if found is None:
        raise RefusedHereError(404, "proposal-unknown", matter)
    if not visit.access.sees(found.district):
        raise RefusedHereError(403, "district-not-yours", matter)
    items: tuple[Prepared, ...] = ()
    if found.standing == "proposed":
        items = tuple(await visit.desk.mending.dry_run(visit.access, Wish(found.action, found.service, found.items)))
    return visit.page("proposal.html", proposal=found, items=items, actions=ACTIONS)


@router.post("/proposals/{matter}/approve")
async def approve(
    visit: Annotated[Visit, with_form(Right.MEND, is_confirmed=True)],
    matter: Matter,
    because: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Approve what somebody else proposed."""
    await visit.desk.mending.approve(visit.person, matter, because)
    return RedirectResponse(f"/proposals/{matter}", 303)


@router.post("/proposals/{matter}/decline")
async def decline(
    visit: Annotated[Visit, with_form(Right.MEND)], matter: Matter, because: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Decide against a proposal."""
    await visit.desk.mending.decline(visit.person, matter, because)
    return RedirectResponse(f"/proposals/{matter}", 303)
