"""What is seen while a sandbox starts or stops: a line when a part enters a phase, and each further quarter of a long one."""

from rich.console import Console

from services.sandbox.progress import Phase, Progress

_PHASES = {
    Phase.DOWNLOADING: "下载",
    Phase.UNPACKING: "解包",
    Phase.FORMATTING: "初始化",
    Phase.TRAINING: "准备快速启动",
    Phase.STARTING: "启动",
    Phase.READY: "就绪",
    Phase.RUNNING: "已在运行",
    Phase.STOPPING: "停止",
    Phase.STOPPED: "已停止",
}
_QUARTERS = 4


class StartingLines:
    """A `ProgressCallback` that prints."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen
        self._last: dict[str, tuple[Phase, int]] = {}

    def __call__(self, progress: Progress) -> None:
        """Print what is new."""
        quarter = int((progress.fraction or 0.0) * _QUARTERS)
        if self._last.get(progress.name) == (progress.phase, quarter):
            return
        self._last[progress.name] = (progress.phase, quarter)
        is_partial = progress.fraction is not None and progress.phase in (Phase.DOWNLOADING, Phase.UNPACKING)
        share = f" {progress.fraction:.0%}" if is_partial else ""
        self._screen.print(f"{progress.name}: {_PHASES[progress.phase]}{share}", highlight=False)
