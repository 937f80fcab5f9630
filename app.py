"""create_app assembles Motorkap; the `flask` commands set it up. What it does is in blueprints/, what is true in card/, what is kept in store/."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from blueprints import (
    cookies,
    engine,
    fanout_service,
    figures_counting,
    headers,
    identity,
    limits,
    logs,
    measures,
    mistakes,
    night,
    push_service,
    refusals,
    upkeep,
)
from blueprints.features import FEATURES
from blueprints.sessions import Sessions
from live import history
from live.hub import Hub
from settings import settings
from store import access_log, access_place, demo, epoch, retention
from store.database import options, prepare
from store.models import db

ROOT = Path(__file__).parent


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.config.update(settings() if config is None else {**settings(), **config})
    app.config.setdefault("NOW", lambda: int(time.time() * 1000))
    app.config.setdefault("DEMO", demo.is_there)
    logs.prepare(app)
    cookies.prepare(app)
    app.session_interface = Sessions()
    engine.prepare(app)
    cards = app.config["SQLALCHEMY_DATABASE_URI"]
    access = access_place.place_of(cards, app.config["ACCESS_DATABASE_URI"], several=bool(app.config["LIVE_URL"]))
    most = app.config["DATABASE_CONNECTIONS"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options(cards, most)
    app.config["SQLALCHEMY_BINDS"] = {access_log.BIND: {"url": access, **options(access, max(3, most // 4))}}
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
        access_log.prepare(access_log.engine())
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    identity.login_manager.init_app(app)
    identity.csrf.init_app(app)
    limits.prepare(app)
    refusals.prepare(app)
    app.extensions["hub"] = Hub()
    history.prepare(app)
    measures.prepare(app)
    push_service.prepare(app)
    figures_counting.prepare(app)
    fanout_service.prepare(app)
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    mistakes.prepare(app)
    Compress(app)
    _commands(app)
    behind_tls = app.config["BEHIND_TLS"]
    pages = headers.around(app.wsgi_app, headers.of_pages(behind_tls))
    files = WhiteNoise(pages, ROOT / "static", prefix="static/", max_age=60, allow_all_origins=False)
    app.wsgi_app = headers.around(files, headers.of_files(behind_tls))  # type: ignore[method-assign]
    if behind_tls:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _commands(app: Flask) -> None:
    upkeep.register(app)
    night.register(app)

    @app.cli.command("demo")
    def make_demo() -> None:
        """The demo organisations, their people and the directory; what is there already stays."""
        demo.make(identity.hasher().hash, app.config["NOW"]())
        demo.make_guide(app.config["NOW"]())

    @app.cli.command("restored")
    def restored() -> None:
        """After a backup was put back: this server's history gets a new name, so that phones hand in what the backup lacks."""
        click.echo(f"This history is now called {epoch.new_epoch()}. A server that runs knows it within two seconds.")
        for card in retention.keep_purged(app.config["NOW"]()):
            click.echo(f"Erased again: card {card}, which was purged before.")

    @app.cli.command("welcome")
    def welcome() -> None:
        """Where to open Motorkap, who can sign in, and a QR of the address."""
        demo.welcome(f"http://localhost:{app.config['PORT']}", click.echo)
