"""The organisation's provider, as its administrator sets it up. Saving tries it out first: what does not answer is not kept.

Also here: `flask claim-domain`, for a domain that an administrator may not claim (`store/mail_domain.py` says why).
"""

from __future__ import annotations

import click
from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints import doors, provider_client, provider_form, server
from blueprints.frame import frame
from blueprints.limits import tries
from blueprints.provider import address_back
from blueprints.provider_form import Filled
from store import mail_domain, provider, provider_link, roster
from store.administration import By

blueprint = Blueprint("provider_settings", __name__, cli_group=None)

# Saying no to a domain is about the domains; anything else that the store refuses is about the secret.
ABOUT_DOMAINS = "domain_"

counted = tries("30 per 15 minutes", scope="trying a provider", key_func=lambda: f"tries {getattr(current_user, 'org', 'nobody')}")


@blueprint.get("/people/provider")
@doors.admin
def settings() -> Response:
    found = provider.provider_of(current_user.org)
    filled = provider_form.kept(found) if found else provider_form.blank(mail_domain.domains_of(current_user.org))
    return page(filled, {}, done=request.args.get("done", ""))


@blueprint.post("/people/provider")
@doors.admin
@counted
def save() -> AnyResponse:
    filled = provider_form.read(request.form)
    has_secret = provider.secret_of(current_user.org, server.secret()) is not None
    errors = provider_form.wrong(filled, has_secret, current_app.config["PROVIDER_NETWORKS"])
    if not errors and (trouble := provider_client.try_out(filled.terms.issuer)):
        errors = {"issuer": f"provider_{trouble.code}"}
    refused = None if errors else provider.keep(server.by(), filled.terms, filled.client_secret, server.secret())
    if refused:
        errors = {"domains" if refused.code.startswith(ABOUT_DOMAINS) else "client_secret": refused.code}
    if errors:
        return page(filled, errors | ({"client_secret": "again"} if filled.client_secret and "client_secret" not in errors else {}), status=422)
    return redirect(url_for("provider_settings.settings", done="saved"), 303)


@blueprint.post("/people/provider/try")
@doors.admin
@counted
def try_again() -> AnyResponse:
    found = provider.provider_of(current_user.org) or abort(404)
    trouble = provider_client.try_out(found.terms.issuer)
    if trouble:
        return page(provider_form.kept(found), {"issuer": f"provider_{trouble.code}"}, status=422)
    return redirect(url_for("provider_settings.settings", done="answers"), 303)


@blueprint.post("/people/provider/remove")
@doors.admin
def remove() -> AnyResponse:
    provider.remove(server.by())
    return redirect(url_for("provider_settings.settings", done="removed"), 303)


@blueprint.post("/people/<person>/unlink")
@doors.admin
def unlink(person: str) -> AnyResponse:
    if not provider_link.unlink(server.by(), person):
        abort(404)
    return redirect(url_for("people.person", person=person, done="unlinked"), 303)


def page(filled: Filled, errors: dict[str, str], status: int = 200, done: str = "") -> Response:
    spare = [("", "")] * provider_form.ROOM_FOR_MORE
    facts = {
        "values": filled.terms,
        "domains": filled.domains,
        "groups": [*filled.terms.groups, *spare][: max(provider_form.MOST_GROUPS, len(filled.terms.groups))],
        "is_set_up": provider.provider_of(current_user.org) is not None,
        "has_secret": provider.secret_of(current_user.org, server.secret()) is not None,
        "back": address_back(current_user.org),
        "roles": roster.ROLES,
        "errors": errors,
        "done": done,
    }
    return make_response(render_template("people/provider.html", **facts, **frame()), status)


@blueprint.cli.command("claim-domain")
@click.option("--organisation", "slug", required=True, help="its slug")
@click.option("--domain", required=True, help="what stands behind the @, such as politie.example")
def claim_domain(slug: str, domain: str) -> None:
    """Lets a domain lead to an organisation, also where its administrator may not claim it. Make sure that it is theirs."""
    domain = domain.strip().lower().removeprefix("@")
    if roster.organisation_of(slug) is None:
        raise click.ClickException(f"There is no organisation {slug}.")
    if not mail_domain.is_domain(domain):
        raise click.ClickException(f"{domain} is no domain.")
    if mail_domain.claim(By(slug, server.now_ms(), None, "flask claim-domain"), domain):
        raise click.ClickException(f"{domain} leads to another organisation already, whose administrator can give it up.")
    click.echo(f"{domain} leads to {slug}.")
