"""Numbers that stand where they should not are masked, and nothing else is touched."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from services.outlets.directory import OUTLETS
from services.page.store.database import Database
from services.page.store.masking import masked_json, masked_text
from tests.harness.page_store import all_rows, fed, sqlite_url
from tests.harness.page_world import CITIZEN, LANDLINE, MOBILE, OLD_CITIZEN, World


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
        ("旧证370********1123", "旧证370602900101123"),
        ("打063*****1676找他", "打0631-5231676找他"),
        ("打（06******1676找他", "打（0631）5231676找他"),
        ("打063****1676", "打06315231676"),
        ("打063*****1676，急", "打０６３１-５２３１６７６，急"),
        ("文登支行电话：0631-8451473", "文登支行电话：0631-8451473"),
        ("热线0631-12333", "热线0631-12333"),
        ("3f2a9c10-4b7d-5e6f-8a90-063152316750", "3f2a9c10-4b7d-5e6f-8a90-063152316750"),
        ("编号202603150512001", "编号202603150512001"),
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
        "fifteen digits",
        "landline",
        "area in brackets",
        "landline in one",
        "landline full width",
        "an outlet's",
        "hotline",
        "event id",
        "reference by its year",
    ],
)
def test_only_numbers_of_people_are_masked(masked: str, text: str) -> None:
    assert masked == masked_text(text)


def test_numbers_that_are_no_texts_are_left_alone() -> None:
    assert b'{"fen":13812345678}' == masked_json(b'{"fen":13812345678}')
    assert b'{"fen":13812345678,"note":"138xxxx5678"}' == masked_json(b'{"fen":13812345678,"note":"13812345678"}')


def test_an_offices_telephone_stays_and_a_persons_in_the_same_field_does_not() -> None:
    office = b'{"telephone":"0631-8450000","note":"0631-8450000"}'

    assert b'{"telephone":"0631-8450000","note":"063xxxxx0000"}' == masked_json(office)
    assert b'{"telephone":"138xxxx5678"}' == masked_json(b'{"telephone":"13812345678"}')


def test_every_outlets_telephone_stays_readable() -> None:
    told = [f"{outlet.name}，电话：{outlet.telephone}" for outlet in OUTLETS]

    assert 13 == len(told)
    assert told == [masked_text(text) for text in told]


def test_no_number_of_a_person_lies_in_the_store(mesh: World, tmp_path: Path) -> None:
    """The mesh holds some: in a reference, in a key, in a record that nobody can read; and names there are sealed."""

    async def rows() -> dict[str, list[tuple[Any, ...]]]:
        async with Database(sqlite_url(tmp_path)) as database:
            await fed(database, mesh.codec, mesh.records)
            return await all_rows(database)

    asyncio.run(rows())
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    said = b"".join(record.value or b"" for record in mesh.records)
    assert [True] * 3 == [number.encode() in said for number in (OLD_CITIZEN, MOBILE, LANDLINE)]
    for number in (CITIZEN, OLD_CITIZEN, MOBILE, LANDLINE, "0631-0000001", "王样例"):
        assert number.encode() not in stored
