"""The inventory as charts (PNG and SVG): structure by cohort, age and amount, recovery over time, funnel of stages.

Colours are those of Okabe and Ito, and cividis: told apart by everybody, and in grey. Texts of the SVG are outlines, so it shows the
same where the font is missing. The same inventory gives the same bytes: no date, no random ids.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ticker import MaxNLocator

from schemas.vocabulary import DISTRICT_NAMES_ZH
from services.arrears.inventory import Inventory
from services.arrears.inventory_bands import AGE_BANDS, AMOUNT_BANDS, COHORT_NAMES_ZH, Cohort, band_of
from services.arrears.inventory_standing import FUNNEL, STAGE_NAMES_ZH, reached
from services.console.inventory_reading import Found

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
COLOURS = {Cohort.STOCK: ORANGE, Cohort.NEW: BLUE}
FEN_A_WAN = 1_000_000
"""Fen in 万元, ten thousand yuan."""
SIZE_INCHES, DOTS_PER_INCH = (11.0, 6.2), 150
MONTHS_MAX = 36
"""So many months of recovery are shown, the latest."""
GREY = "#555555"
DARK_UP_TO = 0.5
"""Share of the darkest colour up to which figures on the heat map are white: cividis is dark where values are low."""


def write_charts(found: Found, view_zh: str, folder: Path) -> list[str]:
    """Draw every chart into a folder, each as PNG and SVG; gives the names of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    inventory = found.drawn.inventory
    subtitle = f"截至 {inventory.as_of}（{view_zh}）"
    recovered = {} if found.recovery is None else found.recovery.by_month
    charts: Mapping[str, tuple[str, Callable[[Axes], None]]] = {
        "structure": ("欠费本金：按区划和类别", lambda axes: _structure(axes, inventory)),
        "age-amount": ("欠费单位：按欠缴时间和本金", lambda axes: _age_by_amount(axes, inventory)),
        "recovery": ("清欠：逾期后缴纳的本金，按月", lambda axes: _recovery(axes, recovered)),
        "funnel": ("办理进度：到达或者已过各阶段的单位", lambda axes: _funnel(axes, inventory)),
    }
    with mpl.rc_context(_style(_font())):
        return [name for stem, chart in charts.items() for name in _drawn(folder, stem, chart, subtitle)]


def _drawn(folder: Path, stem: str, chart: tuple[str, Callable[[Axes], None]], subtitle: str) -> Iterator[str]:
    title, draw = chart
    figure = Figure(figsize=SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    draw(axes)
    figure.suptitle(title, fontsize=17, x=0.01, ha="left")
    axes.set_title(subtitle, fontsize=11, color=GREY, loc="left")
    for ending, marks in (("png", {"Software": None}), ("svg", {"Date": None, "Creator": None})):
        figure.savefig(folder / f"{stem}.{ending}", metadata=marks)
        yield f"{stem}.{ending}"


def _style(font: str) -> dict[Any, Any]:
    """Settings of the drawing library; the salt fixes the ids inside an SVG."""
    return {
        "axes.unicode_minus": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "font.family": font,
        "font.size": 11.0,
        "svg.fonttype": "path",
        "svg.hashsalt": "shebao-mesh",
    }


def _font() -> str:
    """The family of the font that comes with the program, made known to the drawing library."""
    path = str(files("mplfonts").joinpath("fonts/NotoSansCJKsc-Regular.otf"))
    fontManager.addfont(path)
    return FontProperties(fname=path).get_name()


def _structure(axes: Axes, found: Inventory) -> None:
    """Principal of each district, the two cohorts side by side on one bar."""
    names = list(DISTRICT_NAMES_ZH.values())
    begins = [0.0] * len(names)
    for cohort, colour in COLOURS.items():
        owed = dict.fromkeys(DISTRICT_NAMES_ZH, 0)
        for row in found.rows:
            owed[row.district] += row.cohorts[cohort].principal_fen
        wan = [fen / FEN_A_WAN for fen in owed.values()]
        total = sum(owed.values()) / FEN_A_WAN
        label = f"{COHORT_NAMES_ZH[cohort]}（合计 {total:,.1f} 万元）"
        axes.barh(names, wan, left=begins, color=colour, label=label, edgecolor="white")
        begins = [begin + more for begin, more in zip(begins, wan, strict=True)]
    for name, whole in zip(names, begins, strict=True):
        axes.annotate(f"{whole:,.1f}", (whole, name), xytext=(5, 0), textcoords="offset points", va="center")
    axes.invert_yaxis()
    axes.set_xlabel("本金（万元）")
    axes.margins(x=0.1)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)


def _age_by_amount(axes: Axes, found: Inventory) -> None:
    """Units by age and amount; in each field how many, and what they owe."""
    units = [[0] * len(AMOUNT_BANDS) for _ in AGE_BANDS]
    fen = [[0] * len(AMOUNT_BANDS) for _ in AGE_BANDS]
    for row in found.rows:
        down = AGE_BANDS.index(band_of(row.age_days, AGE_BANDS))
        across = AMOUNT_BANDS.index(band_of(row.total.principal_fen, AMOUNT_BANDS))
        units[down][across] += 1
        fen[down][across] += row.total.principal_fen
    most = max(1, *(count for counts in units for count in counts))
    shown = axes.imshow(units, cmap="cividis", aspect="auto", vmin=0, vmax=most)
    for down, counts in enumerate(units):
        for across, count in enumerate(counts):
            text = f"{count:,} 个\n{fen[down][across] / FEN_A_WAN:,.1f} 万元" if count else "0"
            colour = "white" if count <= most * DARK_UP_TO else "black"
            axes.text(across, down, text, ha="center", va="center", color=colour)
    axes.set_xticks(range(len(AMOUNT_BANDS)), [_short(band.name_zh) for band in AMOUNT_BANDS])
    axes.set_yticks(range(len(AGE_BANDS)), [band.name_zh for band in AGE_BANDS])
    axes.set_xlabel("本金")
    axes.set_ylabel("最早一笔的欠缴时间")
    figure = axes.get_figure()
    assert figure is not None
    bar = figure.colorbar(shown, ax=axes)
    bar.set_label("单位数")
    bar.ax.yaxis.set_major_locator(MaxNLocator(integer=True))


def _recovery(axes: Axes, by_month: Mapping[str, int]) -> None:
    """What was paid after its due date, by the month of payment."""
    months = list(by_month)[-MONTHS_MAX:]
    wan = [by_month[month] / FEN_A_WAN for month in months]
    if not months:
        _say_nothing(axes, "没有逾期后缴纳的记录")
        return
    axes.bar(months, wan, color=GREEN)
    axes.set_ylabel("本金（万元）")
    step = max(1, len(months) // 12)
    marked = range(len(months) - 1, -1, -step)
    axes.set_xticks(marked, [months[place] for place in marked], rotation=30, ha="right")
    axes.annotate(
        f"所示各月合计 {sum(wan):,.1f} 万元", (1, 1), xycoords="axes fraction", ha="right", va="top", color=GREY
    )


def _funnel(axes: Axes, found: Inventory) -> None:
    """Units that came to each stage of the road, or further."""
    at = {share.name: share.sums for share in found.by_stage}
    came = [sum(sums.units for stage, sums in at.items() if reached(stage, mark)) for mark in FUNNEL]
    if not came[0]:
        _say_nothing(axes, "没有欠费单位")
        return
    names = [STAGE_NAMES_ZH[stage] for stage in FUNNEL]
    axes.barh(names, came, color=BLUE)
    for name, stage, count in zip(names, FUNNEL, came, strict=True):
        here = at[stage].units if stage in at else 0
        text = f"{count:,} 个（{count / came[0]:.0%}），现处于本阶段 {here:,} 个"
        axes.annotate(text, (count, name), xytext=(5, 0), textcoords="offset points", va="center")
    axes.invert_yaxis()
    axes.set_xlabel("单位数")
    axes.set_xlim(0, came[0] * 1.45)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _say_nothing(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, color=GREY)
    axes.set_axis_off()


def _short(band: str) -> str:
    """Break a long name of a band into two lines."""
    return band.replace("以上不满", "以上\n不满")
