"""The deeds of the audit log in words: `issues.approve` as what a person would say was done."""

from __future__ import annotations

from newsletter.model.deed import Deed
from newsletter.store.audit import MANY, STRANGER
from newsletter.web.languages import gettext as _
from newsletter.web.refusing import CODE, DEED, LOCKED, PASSWORD, UNKNOWN


def deed_in_words(one: Deed) -> str:
    """What was done; as it was named where we have no words for it."""
    known = words()
    if one.deed in known:
        return known[one.deed]
    where, _dot, name = one.deed.partition(".")
    # Programs' deeds once stood there without their room: they have words where all rooms mean the same by the name.
    meant = {said for deed, said in known.items() if where == "api" and deed.partition(".")[2] == name}
    return meant.pop() if len(meant) == 1 else one.deed


def who_in_words(one: Deed) -> str:
    """Who did it."""
    if one.deed != DEED or not one.detail.get(STRANGER):
        return one.who
    return {UNKNOWN: _("somebody unknown"), MANY: _("many, from many addresses")}.get(one.who, one.who)


def subject_in_words(one: Deed) -> str:
    """What it was done to."""
    if one.deed != DEED:
        return one.subject
    reasons = {
        PASSWORD: _("wrong password"),
        CODE: _("wrong code of the second factor"),
        LOCKED: _("locked after too many tries"),
    }
    return reasons.get(one.subject, one.subject)


def words() -> dict[str, str]:
    """Every deed that the log can hold, in the language of the request."""
    return {
        DEED: _("did not get in"),
        "account.add_token": _("made a token"),
        "account.begin": _("began a second factor"),
        "account.confirm": _("turned a second factor on"),
        "account.end": _("ended sessions of their own"),
        "account.fresh_codes": _("made new recovery codes"),
        "account.off": _("turned the second factor off"),
        "account.password": _("changed their password"),
        "account.prefer": _("changed their language or zone"),
        "account.remove_token": _("removed a token"),
        "adding.add_calendar": _("put the calendar into an issue"),
        "adding.add_image": _("put a picture into an issue"),
        "adding.add_page": _("added an item by its address"),
        "adding.add_text": _("put a text into an issue"),
        "blocks.change_block": _("changed a block"),
        "blocks.pick_text": _("picked text for a block"),
        "calendar.add": _("added events"),
        "calendar.confirm": _("confirmed an event"),
        "calendar.remove": _("removed an event"),
        "calendar.say": _("changed an event in an issue"),
        "calendar.take_in": _("imported a calendar"),
        "clip.fetch": _("fetched a page to clip"),
        "clip.keep": _("clipped a page"),
        "correcting.correct": _("corrected an issue that was sent"),
        "correcting.close_text": _("closed the text of a sent issue as it was"),
        "correcting.open_text": _("opened the text of an issue that was sent"),
        "event_page.save": _("changed an event"),
        "events.add_events": _("added events"),
        "events.edit_event": _("changed an event"),
        "events.import_calendar": _("imported a calendar"),
        "events.merge_events": _("merged two events"),
        "events.remove_event": _("removed an event"),
        "events.share_event": _("changed which newsletters show an event"),
        "history.change_version": _("changed a named version"),
        "history.forget_version": _("forgot a named version"),
        "history.name_version": _("named a version"),
        "history.redo": _("did a change again"),
        "history.restore_change": _("restored an earlier state"),
        "history.restore_revision": _("restored an earlier state"),
        "history.restore_version": _("restored a named version"),
        "history.undo": _("undid a change"),
        "issues.fill": _("filled an issue"),
        "issues.keep_out": _("changed whether the archive shows an issue"),
        "issues.new": _("began an issue"),
        "issues.set_fields": _("changed title, subject or preheader"),
        "item_edit.edit": _("edited an item"),
        "items.add_item": _("added an item"),
        "items.add_item_file": _("added items from a file"),
        "items.decide_items": _("decided about items"),
        "items.edit_item": _("edited an item"),
        "items.fetch_text": _("fetched the full text of an item"),
        "items.join_items": _("joined items to a story"),
        "items.lead_story": _("chose who leads a story"),
        "items.split_items": _("split a story"),
        "look.change": _("changed the look"),
        "machine.backup": _("made a backup"),
        "merging.join": _("merged two events"),
        "newsletters.add_publication": _("added a newsletter"),
        "newsletters.set_publication": _("changed a newsletter"),
        "outline.add_block": _("added a block"),
        "outline.add_image": _("put a picture into an issue"),
        "outline.add_section": _("added a section"),
        "outline.arrange_events": _("arranged the events of an issue"),
        "outline.change_section": _("changed a section"),
        "outline.create": _("began an issue"),
        "outline.edit_block": _("changed a block"),
        "outline.fields": _("changed title, subject or preheader"),
        "outline.fill": _("filled an issue"),
        "outline.remove_block": _("took a block out"),
        "outline.remove_section": _("removed a section"),
        "people.change_role": _("changed somebody’s role"),
        "people.invite": _("invited somebody"),
        "people.remove": _("took somebody off the desk"),
        "people.reset": _("made a link for a new password"),
        "people.role": _("changed somebody’s role"),
        "people.sign_out": _("ended somebody’s sessions"),
        "people.withdraw": _("withdrew a link"),
        "planning.add_holidays": _("added days without an issue"),
        "planning.clear_cadence": _("cleared the cadence"),
        "planning.clear_digest": _("cleared the digest"),
        "planning.remove_holiday": _("removed days without an issue"),
        "planning.remove_holidays": _("removed days without an issue"),
        "planning.run_digest": _("ran the digest"),
        "planning.set_cadence": _("set the cadence"),
        "planning.set_digest": _("set the digest"),
        "planning.take_holidays": _("added days without an issue"),
        "publication.add": _("added a newsletter"),
        "publication.change": _("changed a newsletter"),
        "publication.work_on": _("went on to another newsletter"),
        "publishing.approve": _("approved an issue"),
        "publishing.reopen": _("opened an issue again"),
        "publishing.schedule": _("scheduled an issue"),
        "publishing.send": _("sent an issue"),
        "publishing.take_back": _("took an issue back"),
        "publishing.test": _("sent a test"),
        "publishing.unschedule": _("withdrew a schedule"),
        "queue.keep_filter": _("kept a filter"),
        "queue.triage": _("decided about items"),
        "lists.download": _("took a copy of the list of readers"),
        "lists.keep": _("imported readers"),
        "lists.look": _("looked at a list of readers"),
        "readers.add": _("added a reader"),
        "readers.add_subscriber": _("added a reader"),
        "readers.export": _("took a copy of the list of readers"),
        "readers.erase": _("erased a reader"),
        "readers.import_readers": _("imported readers"),
        "readers.unsubscribe": _("unsubscribed a reader"),
        "sending.approve": _("approved an issue"),
        "sending.cancel": _("cancelled an issue"),
        "sending.check_deeper": _("checked an issue"),
        "sending.correct": _("corrected an issue that was sent"),
        "sending.pause": _("paused an issue"),
        "sending.reopen": _("opened an issue again"),
        "sending.resolve": _("decided about uncertain deliveries"),
        "sending.resume": _("let an issue go on"),
        "sending.schedule": _("scheduled an issue"),
        "sending.send": _("sent an issue"),
        "sending.test": _("sent a test"),
        "sending.unschedule": _("withdrew a schedule"),
        "sending.waive": _("let a warning pass"),
        "setup.setup": _("came in by a link"),
        "signin.code": _("signed in with a second factor"),
        "signin.sign_in": _("signed in"),
        "signin.sign_out": _("signed out"),
        "source_page.change": _("changed a source"),
        "source_page.find": _("looked for feeds of a page"),
        "sources.add": _("added a source"),
        "sources.add_source": _("added a source"),
        "sources.change_source": _("changed a source"),
        "sources.collect_now": _("collected"),
        "sources.find_sources": _("looked for feeds of a page"),
        "sources.import_sources": _("imported sources"),
        "sources.remove": _("removed a source"),
        "sources.remove_source": _("removed a source"),
        "steering.cancel": _("cancelled an issue"),
        "steering.go_on": _("let the sender try again"),
        "steering.pause": _("paused an issue"),
        "steering.resolve": _("decided about uncertain deliveries"),
        "steering.resume": _("let an issue go on"),
        "themes.change_look": _("changed the look"),
        "themes.make_theme": _("made a theme"),
        "themes.take_picture": _("took a picture of a theme"),
        "waiving.let_pass": _("let a warning pass"),
    }
