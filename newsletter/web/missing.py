"""A block that somebody took out while it was open elsewhere: who did, where the history still knows it."""

from __future__ import annotations

from newsletter.errors import NotFound
from newsletter.model.issue import BlockId, Outline
from newsletter.queue.editing import Editor
from newsletter.store import issues, revisions
from newsletter.web.languages import gettext as _

LOOKED_AT = 100
"""Changes, of the latest, in which the block is looked for."""


def there(editor: Editor, number: int, block: BlockId) -> None:
    """Raises NotFound, in words for the desk, where the issue has no such block any more."""
    with editor.store.reading() as tx:
        issue = issues.get(tx, editor.publication.id, number)
        if _holds(issue.outline, block):
            return
        # What the issue was before a change; so the first that had the block was before it went.
        changes = revisions.listing(tx, issue.id, limit=LOOKED_AT)
    took = next((one.who for one in changes if one.state == "done" and _holds(one.before.outline, block)), None)
    if took is None:
        raise NotFound(_("This block is not in the issue; perhaps somebody took it out."), where="BLOCK")
    raise NotFound(
        _("%(who)s took this block out meanwhile. The history of the issue has it.", who=took), where="BLOCK"
    )


def _holds(outline: Outline, block: BlockId) -> bool:
    return any(one.id == block for one in outline.blocks())
