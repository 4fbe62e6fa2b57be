"""Runbooks: what an alert means, what to look at, what to do; for everybody who is shown alerts."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from services.page.web.desk import Visit, with_right
from services.page.web.people import Right
from services.page.web.refused import RefusedHereError
from services.page.web.runbooks import ADDRESS, names, rendered_runbook

router = APIRouter()


@router.get(ADDRESS)
async def runbooks(visit: Annotated[Visit, with_right(Right.SEE_NOW)]) -> Response:
    """List them."""
    return visit.page("runbooks.html", names=names())


@router.get(f"{ADDRESS}/{{name}}")
async def runbook(
    visit: Annotated[Visit, with_right(Right.SEE_NOW)], name: Annotated[str, Path(max_length=80)]
) -> Response:
    """Show one."""
    text = rendered_runbook(name)
    if text is None:
        raise RefusedHereError(404, "runbook-unknown", name)
    return visit.page("runbook.html", name=name, text=text)
