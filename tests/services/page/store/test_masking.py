"""Numbers that stand where they should not are masked, and nothing else is touched."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from services.page.store.database import Database
from services.page.store.masking import masked_json, masked_text
from tests.harness.page_store import all_rows, fed, sqlite_url
from tests.harness.page_world import CITIZEN, MOBILE, World


@pytest.mark.parametrize(
    ("masked", "text"),
    [
        ("身份证370***********1235，谢谢", f"身份证{CITIZEN}，谢谢"),
        ("电话138****5678", "电话13812345678"),
        ("T-138xxxx5678", "T-13812345678"),
        ("改打138******5678", "改打138-1234-5678"),
        ("改打138******5678", "改打138 1234 5678"),
        ("电话+861******5678，急", "电话+8613812345678，急"),
        ("电话138****5678，急", "电话１３８１２３４５６７８，急"),
        ("第１条，共３条", "第１条，共３条"),
        ("370602198013011234", "370602198013011234"),
        ("91371002YY8T7RBQ7W", "91371002YY8T7RBQ7W"),
        ("1381234567890 元", "1381234567890 元"),
        ("a13812345678", "a13812345678"),
        ("\ufffd", "\x00"),
    ],
    ids=[
        "citizen",
        "mobile",
        "token",
        "groups",
        "spaces",
        "country",
        "full width",
        "other digits",
        "no date of birth",
        "unit code",
        "longer number",
        "part of a word",
        "nul",
    ],
)
def test_only_numbers_of_people_are_masked(masked: str, text: str) -> None:
    assert masked == masked_text(text)


def test_numbers_that_are_no_texts_are_left_alone() -> None:
    assert b'{"fen":13812345678}' == masked_json(b'{"fen":13812345678}')
    assert b'{"fen":13812345678,"note":"138xxxx5678"}' == masked_json(b'{"fen":13812345678,"note":"13812345678"}')


def test_no_number_of_a_person_lies_in_the_store(mesh: World, tmp_path: Path) -> None:
    """The mesh holds some: in a reference, in a key, in a record that nobody can read; and names there are sealed."""

    async def rows() -> dict[str, list[tuple[Any, ...]]]:
        async with Database(sqlite_url(tmp_path)) as database:
            await fed(database, mesh.codec, mesh.records)
            return await all_rows(database)

    asyncio.run(rows())
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert MOBILE.encode() in b"".join(record.value or b"" for record in mesh.records)
    for number in (CITIZEN, MOBILE, "0631-0000001", "王样例"):
        assert number.encode() not in stored
