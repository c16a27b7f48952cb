"""The people of the desk, for administrators: invitations, roles, new passwords, and who leaves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.user import Role, User, UserId
from newsletter.store import invitations, sessions, tokens, users
from newsletter.web.entering import renew
from newsletter.web.languages import gettext as _
from newsletter.web.languages import ngettext
from newsletter.web.numbers import InPath
from newsletter.web.page import back, page
from newsletter.web.place import place_of, user_of
from newsletter.web.published import base_of
from newsletter.web.recording import remark
from newsletter.web.roles import needs
from newsletter.workflows.people import LASTS, People, read_role
from newsletter.workflows.rendering import address_key

router = APIRouter()
ADMINS = needs(Role.ADMIN)
HERE = "/people"


def people_of(request: Request) -> People:
    """What can be done with the people of this workspace."""
    place = place_of(request)
    return People(place.store, place.settings, place.clock)


@router.get("/people", dependencies=[ADMINS])
def listing(request: Request) -> Response:
    """Everybody, their roles, and the invitations that nobody has used yet."""
    return _shown(request)


@router.post("/people/invite", dependencies=[ADMINS])
def invite(
    request: Request,
    role: Annotated[str, Form()] = "editor",
    days: Annotated[str, Form()] = str(LASTS.days),
    email: Annotated[str, Form()] = "",
    mail: Annotated[bool, Form()] = False,
) -> Response:
    """A one-time link, shown once; by mail too, where an address is given."""
    people, failed = people_of(request), None
    try:
        wanted = read_role(role)
        if mail:
            address_key(email)
        me = user_of(request)
        token = people.invite(wanted, by=me.name, inviter=me.id, days=_days(days), email=email.strip()[:254] or None)
        remark(request, subject=email.strip()[:254] or "link", role=wanted.value)
    except NewsletterError as error:
        return back(request, HERE, error.message, level="error")
    link = people.address(token, base_of(request))
    if mail:
        failed = people.mail(email, link, place_of(request).publication())
    return _shown(request, link=link, link_for=email.strip() or wanted.value, mailed=mail, failed=failed)


@router.post("/people/invitations", dependencies=[ADMINS])
def withdraw(request: Request, key: Annotated[str, Form(min_length=16, max_length=64)]) -> Response:
    """Kill a link that nobody has used yet."""
    with place_of(request).store.writing() as tx:
        gone = invitations.withdraw(tx, key)
    return back(request, HERE, _("The link is dead.") if gone else _("It was used, or is over."))


@router.post("/people/{person}/role", dependencies=[ADMINS])
def change_role(request: Request, person: InPath, role: Annotated[str, Form()] = "") -> Response:
    """Another role; they sign in again."""
    try:
        user = _person(request, person)
        changed = people_of(request).change_role(user.name, read_role(role))
    except NewsletterError as error:
        return back(request, HERE, error.message, level="error")
    remark(request, subject=user.name, role=changed.role.value, before=user.role.value)
    answer = back(
        request,
        HERE if changed.role is Role.ADMIN or user.id != user_of(request).id else "/",
        _("The role is changed."),
    )
    if user.id == user_of(request).id and changed.role is not user.role:
        renew(request, answer, changed)
    return answer


@router.post("/people/{person}/reset", dependencies=[ADMINS])
def reset(request: Request, person: InPath, second_factor: Annotated[bool, Form()] = False) -> Response:
    """A one-time link for a new password; perhaps the second factor falls with it, when the phone is lost."""
    people, user, me = people_of(request), _person(request, person), user_of(request)
    token = people.reset(user.name, by=me.name, inviter=me.id, second_factor=second_factor)
    remark(request, subject=user.name, second_factor=second_factor)
    return _shown(request, link=people.address(token, base_of(request)), link_for=user.name)


@router.post("/people/{person}/signout", dependencies=[ADMINS])
def sign_out(request: Request, person: InPath) -> Response:
    """End all sessions and tokens of somebody."""
    user = _person(request, person)
    with place_of(request).store.writing() as tx:
        count, dead = sessions.close_all(tx, user.id), tokens.remove_all(tx, user.id)
    remark(request, subject=user.name, tokens=dead)
    ended = ngettext("%(n)s session is ended.", "%(n)s sessions are ended.", count)
    if dead:
        ended = f"{ended} {ngettext('%(n)s token is dead.', '%(n)s tokens are dead.', dead)}"
    return back(request, HERE, ended)


@router.post("/people/{person}/remove", dependencies=[ADMINS])
def remove(request: Request, person: InPath, sure: Annotated[str, Form()] = "") -> Response:
    """Take somebody off the desk, where the box beside the button is ticked."""
    try:
        user = _person(request, person)
        if not sure:
            raise NewsletterError(_("Tick the box first: whoever is removed cannot sign in any more."))
        people_of(request).remove(user.name)
    except NewsletterError as error:
        return back(request, HERE, error.message, level="error")
    remark(request, subject=user.name)
    return back(request, HERE, _("%(name)s is removed; what they did stays in the log.", name=user.name))


def _person(request: Request, person: int) -> User:
    with place_of(request).store.reading() as tx:
        return users.get(tx, UserId(person))


def _days(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def _shown(
    request: Request, *, link: str = "", link_for: str = "", mailed: bool = False, failed: str | None = None
) -> Response:
    place = place_of(request)
    with place.store.reading() as tx:
        everybody, seen = users.listing(tx), users.last_seen(tx)
        programs = tokens.counts(tx, place.clock.now())
        waiting = invitations.open_ones(tx, place.clock.now())
    return page(
        request,
        "people",
        people=everybody,
        seen=seen,
        programs=programs,
        waiting=waiting,
        names={one.id: one.name for one in everybody},
        roles=list(Role),
        link=link,
        link_for=link_for,
        mailed=mailed,
        failed=failed,
        days=LASTS.days,
    )
