"""What is committed holds no secret, and a fault that is known of a dependency fails the check."""

from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

import pytest

from infra.audit import audit, secrets_in


@pytest.mark.parametrize(
    "secret",
    [
        "AKIA" + "Q" * 16,
        "ghp_" + "a1" * 18,
        "lin_api_" + "a1" * 20,
        "sk-proj-" + "a1" * 24,
        "xoxb-" + "1" * 11 + "-" + "2" * 12 + "-" + "a1" * 12,
        "-----BEGIN RSA PRIVATE " + "KEY-----\n" + ("A" * 64 + "\n") * 4,
    ],
)
def test_a_secret_in_a_file_is_found_and_not_repeated(secret: str, tmp_path: Path) -> None:
    """By file, line and kind."""
    (tmp_path / "settings.py").write_text(f"first\nTOKEN = '{secret}'\n")
    [found] = secrets_in([tmp_path / "settings.py"])
    assert found.startswith(f"{tmp_path / 'settings.py'}:2: ")
    assert secret not in found


def test_stand_ins_are_not_taken_for_secrets(tmp_path: Path) -> None:
    """Nor what cannot be read."""
    (tmp_path / "test.py").write_text("xoxb-12345678 gho_token sk-test lin_oauth_1 -----BEGIN PRIVATE " + "KEY-----")
    (tmp_path / "picture").write_bytes(b"\xff\xfe")
    assert [] == secrets_in([tmp_path / "test.py", tmp_path / "picture", tmp_path / "absent"])


@pytest.mark.parametrize(
    ("code", "passes", "says"), [(0, True, "no known faults"), (1, False, "PYSEC-1"), (2, True, "NOT audited")]
)
def test_a_known_fault_fails_and_silence_of_the_service_is_said(code: int, passes: bool, says: str) -> None:
    """Nobody can work offline otherwise, and nobody takes it for a pass."""
    passed, said = audit(lambda command: CompletedProcess(command, code, "PYSEC-1: 1.0\n", "dns error\n"))
    assert (passes, True) == (passed, says in said)


def test_a_service_that_is_slow_is_not_waited_for() -> None:
    """And said as well."""

    def slow(command: list[str]) -> CompletedProcess[str]:
        raise TimeoutExpired(command, 1)

    assert (True, "dependencies NOT audited: TimeoutExpired") == audit(slow)
