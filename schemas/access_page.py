"""The table of rights as one page for people: what each account may do, and from there who may do what to each topic."""

from collections.abc import Iterable, Iterator

from schemas.access import CONSOLE, Grant, Right, Thing, grants, principals
from schemas.topics import PAGE, TOPICS

_HEAD = """# Who may do what at the broker
Generated from the inventory (`schemas/topics.py`, `schemas/access.py`); `shebao acls` brings it to the broker and compares. Topics, groups and transactional ids are
named literally; nothing else is allowed to anybody but the administrator and the brokers among themselves. The registry makes its topics itself and sees their settings; its
groups begin with one word.
"""


def text() -> str:
    """Give the page."""
    return "\n".join([_HEAD, *_accounts(), *_topics()])


def _accounts() -> Iterator[str]:
    yield "## Accounts"
    yield "| account | reads | writes | group | transactional ids |"
    yield "|---|---|---|---|---|"
    table = grants()
    for who in principals():
        mine = [grant for grant in table if grant.principal == who]
        reads, writes = _names(mine, Thing.TOPIC, Right.READ), _names(mine, Thing.TOPIC, Right.WRITE)
        everything = set(reads) == {topic.name for topic in TOPICS}
        cells = (
            "every topic of the mesh" if everything else ", ".join(reads),
            ", ".join(writes),
            ", ".join(
                _names(mine, Thing.GROUP, Right.READ) + [f"{name}…" for name in _names(mine, Thing.GROUPS, Right.READ)]
            ),
            _first_to_last(_names(mine, Thing.TRANSACTIONAL_ID, Right.WRITE)),
        )
        yield f"| {who} | {' | '.join(cell or '–' for cell in cells)} |"
    yield ""


def _topics() -> Iterator[str]:
    yield "## Topics"
    yield "`console` reads all of them, `page` all but the seals."
    yield ""
    yield "| topic | written by | read by |"
    yield "|---|---|---|"
    for topic in TOPICS:
        of_topic = [grant for grant in grants() if grant.thing is Thing.TOPIC and grant.name == topic.name]
        writers = [grant.principal for grant in of_topic if grant.right is Right.WRITE]
        reading = [grant.principal for grant in of_topic if grant.right is Right.READ]
        readers = [principal for principal in reading if principal not in (CONSOLE, PAGE)]
        yield f"| `{topic.name}` | {', '.join(writers)} | {', '.join(readers) or '–'} |"
    yield ""


def _names(of_account: Iterable[Grant], thing: Thing, right: Right) -> list[str]:
    return [grant.name for grant in of_account if (grant.thing, grant.right) == (thing, right)]


def _first_to_last(names: list[str]) -> str:
    """Name the ids of partition numbers by their first and last: `cards-0` … `cards-11`."""
    if len(names) < 2:  # noqa: PLR2004 — one, or none
        return ", ".join(names)
    by_number = sorted(names, key=lambda name: int(name.rpartition("-")[2]))
    return f"{by_number[0]} … {by_number[-1]}"
