"""One's own account: password, second factor, where one is signed in, language and zone, tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Form, Request, Response
from markupsafe import Markup

from newsletter.errors import NewsletterError
from newsletter.model.sealed import is_sealed, seal, unseal
from newsletter.model.secret import hashed, new_secret
from newsletter.model.token import TOKEN_BEGINS, Scope
from newsletter.model.user import Role
from newsletter.store import sessions, tokens, users
from newsletter.web import languages
from newsletter.web.entering import renew
from newsletter.web.languages import gettext as _
from newsletter.web.limits import Limit
from newsletter.web.numbers import InPath
from newsletter.web.page import back, page
from newsletter.web.passwords import Crowded, is_password, password_hash
from newsletter.web.place import place_of, session_of, user_of
from newsletter.web.recording import remark
from newsletter.web.refusing import LOCKED, PASSWORD, refused
from newsletter.web.roles import may, needs
from newsletter.web.totp import address_for, is_code, kept, new_key, new_recovery_codes, qr_code, recovery_hash

router = APIRouter()
OWN = needs(Role.READER)
"""What changes only what is one's own."""
HERE = "/account"
MOST_TOKENS = 20
LONGEST_TOKEN = 366
"""Days."""
BEGUN = timedelta(minutes=30)
"""How long a secret is offered after the password was given."""


@router.get("/account")
def account(request: Request) -> Response:
    """All of it on one page."""
    return _shown(request)


@router.post("/account/password", dependencies=[OWN])
def password(
    request: Request,
    now: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Another password; all other sessions end, and this one gets a new token."""
    place, user = place_of(request), user_of(request)
    try:
        _know(request, now)
        if password != again:
            raise NewsletterError(_("The two passwords are not the same."), code="password")
        stored = password_hash(password)
    except NewsletterError as error:
        return back(request, f"{HERE}#password", error.message, level="error")
    with place.store.writing() as tx:
        users.change_password(tx, user.id, stored)
        sessions.close_all(tx, user.id, but=session_of(request).key)
    answer = back(request, f"{HERE}#password", _("The password is changed. Other sessions are ended."))
    renew(request, answer, user)
    return answer


@router.post("/account/preferences", dependencies=[OWN])
def prefer(request: Request, language: Annotated[str, Form()] = "", zone: Annotated[str, Form()] = "") -> Response:
    """One's own language and time zone."""
    if language and language not in languages.NAMES:
        return back(request, HERE, _("The desk does not speak that language yet."), level="error")
    if zone and zone not in available_timezones():
        return back(request, HERE, _("There is no such time zone; write one like Europe/Berlin."), level="error")
    with place_of(request).store.writing() as tx:
        users.prefer(tx, user_of(request).id, zone=zone or None, language=language or None)
    languages.speak(language or languages.accepted(request.headers.get("accept-language", "")))
    return back(request, HERE, _("Saved."))


@router.post("/account/sessions", dependencies=[OWN])
def end(request: Request, key: Annotated[str, Form(max_length=64)] = "") -> Response:
    """End one session, or (without a key) all but this one."""
    with place_of(request).store.writing() as tx:
        if key:
            sessions.close_one(tx, user_of(request).id, key if len(key) >= 16 else "?")
        else:
            sessions.close_all(tx, user_of(request).id, but=session_of(request).key)
    return back(request, f"{HERE}#sessions", _("Ended."))


@router.post("/account/second-factor", dependencies=[OWN])
def begin(request: Request, password: Annotated[str, Form()] = "") -> Response:
    """Show a fresh secret, as a QR code; it counts when a code of it was typed."""
    try:
        _know(request, password)
        secret = new_key()
        kept(place_of(request).settings.secret_keys, user_of(request).id, secret)  # before anybody scans it
    except NewsletterError as error:
        return back(request, f"{HERE}#second-factor", error.message, level="error")
    return _begun(request, secret)


@router.post("/account/second-factor/confirm", dependencies=[OWN])
def confirm(
    request: Request,
    secret: Annotated[str, Form(pattern="^[A-Z2-7]{32}$")],
    code: Annotated[str, Form()] = "",
    proof: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Ask for it from now on, where the code is right; recovery codes are shown once."""
    place, user = place_of(request), user_of(request)
    if not _is_begun(request, secret, proof):
        sentence = _("Give your password first; the secret of a second factor is offered for half an hour.")
        return back(request, f"{HERE}#second-factor", sentence, level="error")
    step = is_code(secret, code, place.clock.now())
    if step is None:
        return _begun(request, secret, error=_("That is not the code of this minute. Is the phone's clock right?"))
    codes = new_recovery_codes()
    sealed = kept(place.settings.secret_keys, user.id, secret)
    with place.store.writing() as tx:
        users.set_secret(tx, user.id, sealed, [recovery_hash(one) for one in codes])
        users.use_step(tx, user.id, step)
        sessions.close_all(tx, user.id, but=session_of(request).key)
    answer = page(request, "recovery", codes=codes)
    renew(request, answer, user)
    return answer


@router.post("/account/second-factor/codes", dependencies=[OWN])
def fresh_codes(request: Request, password: Annotated[str, Form()] = "") -> Response:
    """New recovery codes; those before are dead."""
    user, codes = user_of(request), new_recovery_codes()
    try:
        _know(request, password)
        if not user.second_factor:
            raise NewsletterError(_("There is no second factor to recover from."))
    except NewsletterError as error:
        return back(request, f"{HERE}#second-factor", error.message, level="error")
    with place_of(request).store.writing() as tx:
        users.set_recovery(tx, user.id, [recovery_hash(one) for one in codes])
    return page(request, "recovery", codes=codes)


@router.post("/account/second-factor/off", dependencies=[OWN])
def off(request: Request, password: Annotated[str, Form()] = "") -> Response:
    """A password is enough again."""
    place, user = place_of(request), user_of(request)
    try:
        _know(request, password)
    except NewsletterError as error:
        return back(request, f"{HERE}#second-factor", error.message, level="error")
    with place.store.writing() as tx:
        users.set_secret(tx, user.id, None, [])
        sessions.close_all(tx, user.id, but=session_of(request).key)
    answer = back(request, f"{HERE}#second-factor", _("A password is enough again."))
    renew(request, answer, user)
    return answer


@router.post("/account/tokens", dependencies=[OWN])
def add_token(
    request: Request,
    name: Annotated[str, Form(max_length=100)] = "",
    scope: Annotated[str, Form()] = "read",
    days: Annotated[str, Form()] = "90",
) -> Response:
    """A token for the API, shown once. It may do no more than the person."""
    place, user = place_of(request), user_of(request)
    try:
        if not name.strip():
            raise NewsletterError(_("Say what the token is for."))
        if scope not in list(Scope):
            raise NewsletterError(_("A token may read, edit, publish or administer."))
        if not may(user, Scope(scope).role):
            raise NewsletterError(_("A token may do no more than you."))
        if not (days.isascii() and days.isdecimal() and len(days) < 5 and 1 <= int(days) <= LONGEST_TOKEN):
            raise NewsletterError(_("A token lasts 1 to %(most)s days.", most=LONGEST_TOKEN))
        token, now = TOKEN_BEGINS + new_secret(), place.clock.now()
        with place.store.writing() as tx:
            if len(tokens.of_user(tx, user.id)) >= MOST_TOKENS:
                raise NewsletterError(_("That are too many tokens; remove one first."))
            tokens.add(
                tx,
                user.id,
                hashed(token),
                name=name.strip(),
                scope=Scope(scope),
                now=now,
                expires=now + timedelta(days=int(days)),
            )
    except NewsletterError as error:
        return back(request, f"{HERE}#tokens", error.message, level="error")
    remark(request, subject=name.strip(), scope=scope)
    return _shown(request, token=token)


@router.post("/account/tokens/{token}/remove", dependencies=[OWN])
def remove_token(request: Request, token: InPath) -> Response:
    """It opens nothing any more."""
    with place_of(request).store.writing() as tx:
        gone = tokens.remove(tx, user_of(request).id, token)
    remark(request, subject=gone.name)
    return back(request, f"{HERE}#tokens", _("The token is dead."))


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_in_words(agent: str | None) -> str:
    """`Firefox, Linux` for what a browser says of itself; its own words where we do not know it; empty for nothing."""
    text = agent or ""
    browser = next((name for mark, name in _BROWSERS if mark in text), "")
    system = next((name for mark, name in _SYSTEMS if mark in text), "")
    return ", ".join(part for part in (browser, system) if part) or text[:60]


def _know(request: Request, password: str) -> None:
    """Whoever sits down at an open desk does not know the password. Raises NewsletterError, also for too many tries."""
    place, user = place_of(request), user_of(request)
    key = f"own {user.id}"  # not the key of the door: strangers who guess there must not lock a person out of this
    taken = place.attempts.take(Limit(key))
    if taken.wait:
        refused(request, user.name, LOCKED)
        raise NewsletterError(_("Too many wrong passwords; wait some minutes."), code="password")
    with place.store.reading() as tx:
        stored = users.password_of(tx, user.id)
    try:
        right = is_password(stored, password)
    except Crowded:
        place.attempts.forgive(taken)
        raise
    if not right:
        refused(request, user.name, PASSWORD)
        raise NewsletterError(_("That is not your password."), code="password")
    place.attempts.forgive(taken, key)


def _proof(request: Request, secret: str) -> str:
    """That this session gave the password for this secret: whoever sits down at an open desk has none."""
    place = place_of(request)
    said = f"{secret} {int(place.clock.now().timestamp())}"
    return seal(place.settings.secret_keys, said, place=f"begun {session_of(request).key}")


def _is_begun(request: Request, secret: str, proof: str) -> bool:
    place = place_of(request)
    found = unseal(place.settings.secret_keys, proof, place=f"begun {session_of(request).key}")
    said, _space, at = found.secret.partition(" ") if found and is_sealed(proof) else ("", "", "")
    return said == secret and int(place.clock.now().timestamp()) - int(at) < BEGUN.total_seconds()


def _begun(request: Request, secret: str, *, error: str = "") -> Response:
    place, user = place_of(request), user_of(request)
    address = address_for(secret, person=user.name, desk=place.publication().name)
    shown = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    picture = Markup(qr_code(address))  # noqa: S704  drawn by us, from modules alone
    status = 403 if error else 200
    return page(
        request,
        "second_factor",
        status=status,
        secret=secret,
        proof=_proof(request, secret),
        shown=shown,
        picture=picture,
        address=address,
        error=error,
    )


def _shown(request: Request, **values: Any) -> Response:
    place, user, now = place_of(request), user_of(request), place_of(request).clock.now()
    with place.store.reading() as tx:
        mine = users.get(tx, user.id)
        open_ones = sessions.of_user(tx, user.id, now)
        own_tokens = tokens.of_user(tx, user.id)
        left = users.recovery_left(tx, user.id)
    values = {"token": "", **values}
    return page(
        request,
        "account",
        mine=mine,
        sessions=open_ones,
        this=session_of(request).key,
        tokens=own_tokens,
        left=left,
        scopes=[scope for scope in Scope if may(mine, scope.role)],
        languages=languages.NAMES,
        zones=sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
        browser=browser_in_words,
        own_zone=ZoneInfo(mine.zone) if mine.zone else None,
        **values,
    )
