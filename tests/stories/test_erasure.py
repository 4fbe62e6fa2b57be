"""On the real broker: once a unit's keys are erased only the content is gone; the log, decisions and their proof stand."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from schemas.contributions import ContributionMissed
from services.console.broker_mesh import BrokerMesh
from services.console.main import app
from services.runtime.memory import MemoryMesh
from services.runtime.sealing import CONTACT_PHONE
from services.runtime.settings import MeshSettings
from tests.harness.stack import Stack
from tests.services.runtime.vaults import edge, erase, made
from tests.stories.test_arrears import Story


@pytest.mark.broker
def test_an_erased_units_case_is_explained_counted_replayed_and_verified_as_before(
    broker_mesh: MemoryMesh, stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, story = made(tmp_path / "keys.sqlite"), Story(broker_mesh)
    monkeypatch.setenv("SHEBAO_VAULT", str(tmp_path / "keys.sqlite"))
    monkeypatch.setenv("SHEBAO_MASTER_KEYS", "development")
    sealed = edge(keys).seal("0631-7575654", story.unit, CONTACT_PHONE, story.today)
    keys.keep()
    story.register(contact_phone=sealed)
    due_on = story.today - timedelta(days=40)
    story.line(ContributionMissed, due_on)
    story.run()

    def shebao(*words: str) -> Result:
        settings = MeshSettings(
            bootstrap_servers=stack.settings.bootstrap_servers,
            registry_url=stack.settings.registry_url,
            work_dir=tmp_path,
        )
        return CliRunner().invoke(app, list(words), obj=lambda: BrokerMesh(settings))

    looks = (("inventory", "--format", "json"), ("replay", "arrears", "--case", story.unit), ("audit", "verify"))
    before = [shebao(*words) for words in looks]
    assert "联系电话 063*****5654" in shebao("explain", story.unit).output

    erase(keys, story.unit)

    told = shebao("explain", story.unit)
    assert 0 == told.exit_code, told.output
    assert "联系电话 （已删除）" in told.output
    assert "欠费立案" in told.output
    assert [0, 0, 0] == [result.exit_code for result in before], [result.output for result in before]
    assert [result.stdout for result in before] == [shebao(*words).stdout for words in looks]
    story.pay(due_on)
    story.run()
