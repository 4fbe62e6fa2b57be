"""The 13 outlets of the pilot (首批13处工行网点) as data, for a sandbox to begin with.

Names, addresses and telephones are the newsletter's, word for word, with full-width punctuation (its Wendeng address still says 文登市,
the name before 2014). Coordinates, opening hours, equipment and stock are ASSUMED, and each published fact says so.
"""

from dataclasses import dataclass
from datetime import date

from schemas.outlets import DayKind, OpeningSession, OutletPublished, OutletStocked, StockKind
from schemas.vocabulary import AGENCY_OF_DISTRICT, District

SOURCE = "urn:weihai:outlet-ledger"
"""CloudEvents source under which a sandbox publishes this directory."""
ASSUMED = ("latitude_microdeg", "longitude_microdeg", "sessions", "makes_cards")
ASSUMED_BLANKS = 200
"""Blank cards at each outlet to begin with: assumed."""

WORKING_DAYS = OpeningSession(days=DayKind.WORKING_DAY, opens_minute=8 * 60 + 30, closes_minute=17 * 60)
"""Working days 08:30–17:00: assumed."""
DAYS_OFF = OpeningSession(days=DayKind.DAY_OFF, opens_minute=9 * 60, closes_minute=16 * 60)
"""Days off 09:00–16:00, at the main halls (营业部) only: assumed."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One line of the newsletter's table, with the district it lies in and assumed coordinates."""

    key: str
    name: str
    address: str
    telephone: str
    district: District
    latitude_microdeg: int
    longitude_microdeg: int


OUTLETS = (
    Outlet(
        "outlet-weihai",
        "威海分行营业部",
        "威海市文化西路188号（高区一小对面）",
        "0631-5675309",
        District.GAOQU,
        37_527_000,
        122_062_000,
    ),
    Outlet(
        "outlet-shizhong",
        "市中支行营业部",
        "威海市环翠区新威海路44号（威海生活汇对面，华联北500米）",
        "0631-5288805",
        District.HUANCUI,
        37_507_000,
        122_121_000,
    ),
    Outlet(
        "outlet-haibinlu",
        "海滨路分理处",
        "威海市环翠区胶州路7号（威海市人力资源和社会保障局院内）",
        "0631-5671107",
        District.HUANCUI,
        37_509_500,
        122_118_000,
    ),
    Outlet(
        "outlet-huancui",
        "环翠支行营业部",
        "威海市环翠区海滨北路14号（海港大厦对面）",
        "0631-5231675",
        District.HUANCUI,
        37_513_000,
        122_126_000,
    ),
    Outlet(
        "outlet-yugang",
        "环翠渔港支行",
        "威海青岛北路42号（竹岛大润发南100米）",
        "0631-5338922",
        District.HUANCUI,
        37_481_000,
        122_128_000,
    ),
    Outlet(
        "outlet-gaokai",
        "高开支行营业部",
        "威海市世昌大道306号（大汽汽修十字路口东100米路北）",
        "0631-5671197",
        District.GAOQU,
        37_486_000,
        122_083_000,
    ),
    Outlet(
        "outlet-zhangcun",
        "张村支行",
        "威海市环翠区张村镇长江街28-1号（张村家家悦西200米中国联通楼下）",
        "0631-5786578",
        District.HUANCUI,
        37_464_000,
        122_032_000,
    ),
    Outlet(
        "outlet-gongyeyuan",
        "工业园支行",
        "威海市临港区正棋山1号小区-9号（临港区管委西200米）",
        "0631-5589958",
        District.LINGANG,
        37_277_000,
        122_066_000,
    ),
    Outlet(
        "outlet-jingkai",
        "经开支行营业部",
        "威海市海滨南路8号（皇冠中学北）",
        "0631-5988113",
        District.JINGQU,
        37_460_000,
        122_160_000,
    ),
    Outlet(
        "outlet-wendeng",
        "文登支行营业部",
        "文登市龙山路27号（三联家电对面）",
        "0631-8451473",
        District.WENDENG,
        37_196_000,
        122_056_000,
    ),
    Outlet(
        "outlet-rongcheng",
        "荣成支行营业部",
        "荣成市文化东路126号（中信银行东200米）",
        "0631-7575654",
        District.RONGCHENG,
        37_165_000,
        122_492_000,
    ),
    Outlet(
        "outlet-shidao",
        "荣成石岛支行营业部",
        "石岛黄海南路145号（渔人码头对面）",
        "0631-7370856",
        District.RONGCHENG,
        36_885_000,
        122_432_000,
    ),
    Outlet(
        "outlet-rushan",
        "乳山支行营业部",
        "乳山市胜利街117号（乳山市人民医院东150米）",
        "0631-6615047",
        District.RUSHAN,
        36_914_000,
        121_537_000,
    ),
)
"""In the newsletter's order."""


def published_outlets(revision: int = 1) -> tuple[OutletPublished, ...]:
    """Give the particulars of every outlet as the broadcast facts that a sandbox publishes."""
    return tuple(_published(outlet, revision) for outlet in OUTLETS)


def initial_stock(on: date, blanks: int = ASSUMED_BLANKS) -> tuple[OutletStocked, ...]:
    """Give a first delivery of blank cards to every outlet on a legal date; the same day and number give the same facts."""
    return tuple(
        OutletStocked(
            district=outlet.district,
            agency=AGENCY_OF_DISTRICT[outlet.district],
            occurred_on=on,
            business_reference=f"initial-stock/{outlet.key}/{on.isoformat()}",
            outlet_key=outlet.key,
            kind=StockKind.DELIVERED,
            blanks=blanks,
        )
        for outlet in OUTLETS
    )


def _published(outlet: Outlet, revision: int) -> OutletPublished:
    is_main_hall = outlet.name.endswith("营业部")
    return OutletPublished(
        outlet_key=outlet.key,
        name=outlet.name,
        address=outlet.address,
        telephone=outlet.telephone,
        district=outlet.district,
        latitude_microdeg=outlet.latitude_microdeg,
        longitude_microdeg=outlet.longitude_microdeg,
        sessions=(WORKING_DAYS, DAYS_OFF) if is_main_hall else (WORKING_DAYS,),
        makes_cards=True,
        assumed=ASSUMED,
        revision=revision,
    )
