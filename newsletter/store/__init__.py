"""The only room that speaks SQL: schema, migrations, one file per noun, one function per question.

Callers open a transaction and hand it on: `with store.writing() as tx: items.keep(tx, …)`.
"""

from newsletter.store.engine import Store, Tx

__all__ = ["Store", "Tx"]
