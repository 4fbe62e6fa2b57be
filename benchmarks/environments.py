"""The peers' own Python environments, made on demand under `build/bench-envs` from pinned requirements."""

import asyncio
import hashlib
import sys
from pathlib import Path

from benchmarks.processes import ROOT, Failed

ENVIRONMENTS = ROOT / "build" / "bench-envs"
REQUIREMENTS = Path(__file__).parent / "peers"
MAKE_S_MAX = 180.0
TAIL_LINES = 4


async def python_of(peer: str) -> str:
    """The interpreter of a peer's environment, made first where it is missing or its pins have changed."""
    pins = REQUIREMENTS / f"{peer}.txt"
    folder = ENVIRONMENTS / peer
    python, stamp = folder / "bin" / "python", folder / "made-from"
    wanted = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        await _uv("venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(folder))
        await _uv("pip", "install", "--quiet", "--python", str(python), "-r", str(pins))
        stamp.write_text(wanted, encoding="utf-8")
    return str(python)


async def _uv(*arguments: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    making = await asyncio.create_subprocess_exec(
        str(uv), *arguments, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        _, said = await asyncio.wait_for(making.communicate(), MAKE_S_MAX)
    except TimeoutError:
        making.kill()
        await making.wait()
        raise Failed(f"its environment was not made within {MAKE_S_MAX:.0f} s") from None
    if making.returncode:
        tail = " / ".join(said.decode(errors="replace").splitlines()[-TAIL_LINES:])
        raise Failed(f"its environment could not be made: {tail}")
