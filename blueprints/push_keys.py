"""`flask push-keys`: the key pair by which push services know this server. Made once: with another one every phone would have to ask again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from flask import Flask

from blueprints import push_service

EXAMPLE = "mailto:motorkap@motorkap.example"


def register(app: Flask) -> None:
    @app.cli.command("push-keys")
    @click.option("--subject", default=EXAMPLE, help="Where a push service can reach who runs this server: mailto: and an address.")
    @click.option("--env", is_flag=True, help="Print them as lines for the environment, and write nothing.")
    def push_keys(subject: str, env: bool) -> None:
        """Keys for push, in a file in DATA that its owner alone can read, or as lines for the environment. What is there stays."""
        if not subject.startswith("mailto:") or "@" not in subject:
            raise click.ClickException("the subject is mailto: and an e-mail address")
        if env:
            click.echo(f"VAPID_PRIVATE={push_service.new_private()}\nVAPID_SUBJECT={subject}")
        elif app.config["VAPID_PRIVATE"]:
            click.echo("There are keys for push already.")
        else:
            write(app.config["PUSH_KEYS"], {"private": push_service.new_private(), "subject": subject})
            click.echo("Keys for push are made. They hold from the next start.")


def write(file: Path, kept: dict[str, str]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as opened:
        json.dump(kept, opened)
