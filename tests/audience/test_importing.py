"""Importing and exporting lists, on both databases."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newsletter.audience.exporting import export_csv
from newsletter.audience.importing import ImportReport, import_csv
from newsletter.audience.spreadsheet import guarded
from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.publication import Publication
from newsletter.model.subscriber import Consent, Subscriber
from newsletter.store import Store, publications, subscribers, suppressions

WriteList = Callable[..., Path]
EXAMPLE = Path(__file__).parents[2] / "subscribers.example.csv"


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.imported, report.updated, report.unchanged, report.suppressed, len(report.rejected)


def readers(store: Store, publication: Publication) -> dict[str, Subscriber]:
    with store.reading() as tx:
        return {one.email: one for one in subscribers.stream(tx, publication.id)}


def test_the_example_list_is_imported_whole_and_a_second_time_changes_nothing(
    store: Store, clock: Clock, publication: Publication
) -> None:
    assert counts(import_csv(store, clock, publication.id, EXAMPLE)) == (12, 0, 0, 0, 0)
    before = readers(store, publication)
    assert counts(import_csv(store, clock, publication.id, EXAMPLE)) == (0, 0, 12, 0, 0)
    assert readers(store, publication) == before
    mairead = before["mairead.kelly@example.com"]
    assert (mairead.name, mairead.tags, mairead.zone) == ('Mairéad "Mo" Kelly', ("choir",), "Europe/Dublin")
    assert mairead.fields == {"neighbourhood": "Weir Lane"} and mairead.consent_how == "import"
    assert before["jonas@bücher.example"].email_key == "jonas@xn--bcher-kva.example"
    assert [one.consent for one in before.values()].count(Consent.CONFIRMED) == 10


def test_an_export_is_imported_back_as_it_was(
    store: Store, clock: Clock, publication: Publication, tmp_path: Path
) -> None:
    import_csv(store, clock, publication.id, EXAMPLE)
    path = tmp_path / "export.csv"
    path.write_text("".join(export_csv(store, publication.id)), encoding="utf-8")
    assert counts(import_csv(store, clock, publication.id, path)) == (0, 0, 12, 0, 0)
    with store.writing() as tx:
        other = publications.add(tx, "Towpath Notes", now=clock.now())
    assert counts(import_csv(store, clock, other.id, path)) == (12, 0, 0, 0, 0)
    assert list(export_csv(store, other.id)) == list(export_csv(store, publication.id))


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12).map(str.strip)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=12).map(str.strip)
TAGS = st.lists(
    st.text(st.sampled_from("abcé '\"-"), min_size=1, max_size=6).map(lambda tag: " ".join(tag.split())), max_size=3
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(NAMES, TAGS, CELLS, CELLS), min_size=1, max_size=5))
@example(rows=[("'=1", ["'-a"], "'=", "''@x")])
def test_whatever_is_in_a_cell_survives_export_and_import(
    rows: list[tuple[str, list[str], str, str]], sqlite_store: Store, clock: Clock, tmp_path: Path
) -> None:
    with sqlite_store.writing() as tx:
        serial = len(publications.listing(tx))
        first = publications.add(tx, f"Letter {serial}", now=clock.now())
        second = publications.add(tx, f"Letter {serial + 1}", now=clock.now())
    path = tmp_path / "made.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["email", "name", "tags", "Street", "note; odd, “name”"])
        for at, (name, tags, *fields) in enumerate(rows):  # as a spreadsheet or an export writes them
            cells = [f"r{at}@s{serial}.example.org", name, ";".join(tags), *fields]
            table.writerow(guarded(cell) for cell in cells)
    assert counts(import_csv(sqlite_store, clock, first.id, path)) == (len(rows), 0, 0, 0, 0)
    with sqlite_store.reading() as tx:
        kept = subscribers.listing(tx, first.id)
    for one, (name, tags, street, note) in zip(kept, rows, strict=True):
        assert (one.name, one.tags) == (name, tuple(dict.fromkeys(filter(None, tags))))
        assert one.fields.get("Street", "") == street and one.fields.get("note; odd, “name”", "") == note
    exported = "".join(export_csv(sqlite_store, first.id))
    path.write_bytes(exported.encode())
    assert counts(import_csv(sqlite_store, clock, second.id, path)) == (len(rows), 0, 0, 0, 0)
    assert "".join(export_csv(sqlite_store, second.id)) == exported


def test_bad_rows_are_told_and_written_while_the_rest_is_imported(
    store: Store, clock: Clock, publication: Publication, a_list: WriteList
) -> None:
    path = a_list(
        "Email;Name;Status;Timezone;Language;Town",
        "ada@example.org;Ada;;;;Alderwick",
        "no address;Bob;;;;",
        "ADA@Example.ORG;Ada again;;;;",
        "cid@example.org;Cid;maybe;;;",
        "dot@example.org;Dot;;Europe/Atlantis;;",
        "eve@example.org;Eve;;;english language;",
        "fay@example.org;Fay",
        'gus@example.org;"Gus;;;;',
        "hal@example.org;Hal;UNSUBSCRIBED;Europe;de-AT;",
        "ivy@example.org;Ivy;Confirmed;Europe/Vienna;de-AT;",
    )
    report = import_csv(store, clock, publication.id, path)
    assert counts(report) == (2, 0, 0, 0, 8)
    assert [(one.line, one.email) for one in report.rejected] == [
        (3, "no address"),
        (4, "ADA@Example.ORG"),
        (5, "cid@example.org"),
        (6, "dot@example.org"),
        (7, "eve@example.org"),
        (8, "fay@example.org"),
        (9, "gus@example.org"),
        (10, "hal@example.org"),
    ]
    assert report.rejected[1].reason == "it has the same address as line 2"
    assert set(readers(store, publication)) == {"ada@example.org", "ivy@example.org"}
    rejected = path.with_name("rejected.csv")
    assert report.rejected_file == rejected
    with rejected.open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file, delimiter=";"))
    assert [one["Email"] for one in written] == [one.email for one in report.rejected]
    assert written[2]["reason"] == "the status “maybe” is none of unconfirmed, confirmed, unsubscribed"
    assert written[0]["Name"] == "Bob"


def test_the_rejected_rows_can_be_mended_and_imported(
    store: Store, clock: Clock, publication: Publication, a_list: WriteList
) -> None:
    path = a_list("email,town", "ada@example,Alderwick", "bob@example,Alderwick")
    mended = import_csv(store, clock, publication.id, path).rejected_file
    assert mended is not None
    mended.write_text(mended.read_text().replace("ada@example,", "ada@example.org,"))
    assert counts(import_csv(store, clock, publication.id, mended)) == (1, 0, 0, 0, 1)
    assert readers(store, publication)["ada@example.org"].fields == {"town": "Alderwick"}
    assert "bob@example" in mended.read_text() and mended.read_text().startswith("reason,email,town")


def test_a_dry_run_tells_the_same_and_leaves_nothing(
    store: Store, clock: Clock, publication: Publication, a_list: WriteList
) -> None:
    path = a_list("email", "ada@example.org", "nobody")
    assert counts(import_csv(store, clock, publication.id, path, dry_run=True)) == (1, 0, 0, 0, 1)
    assert readers(store, publication) == {} and not path.with_name("rejected.csv").exists()
    assert counts(import_csv(store, clock, publication.id, path)) == (1, 0, 0, 0, 1)


@pytest.mark.parametrize("lines", [["Mail,Name", "ada@example.org,Ada"], ["email,Email", "ada@example.org,x"]])
def test_a_list_with_the_wrong_columns_imports_nothing(
    store: Store, clock: Clock, publication: Publication, a_list: WriteList, lines: list[str]
) -> None:
    with pytest.raises(NewsletterError, match="Nothing was imported"):
        import_csv(store, clock, publication.id, a_list(*lines))
    assert readers(store, publication) == {}


def test_an_import_never_brings_back_who_said_no_or_was_erased(
    store: Store, clock: Clock, publication: Publication, a_list: WriteList
) -> None:
    path = a_list("email,name", "ada@example.org,Ada", "bob@example.org,Bob", "cid@example.org,Cid")
    import_csv(store, clock, publication.id, path)
    with store.writing() as tx:
        ids = {one.email: one.id for one in subscribers.listing(tx, publication.id)}
        subscribers.unsubscribe(tx, publication.id, ids["ada@example.org"], "one-click", clock.now())
        subscribers.erase(tx, ids["bob@example.org"], now=clock.now())
        suppressions.add(tx, "dot@example.org", "bounced", now=clock.now())
    path = a_list(
        "email,name", "ada@example.org,Ada B.", "BOB@example.org,Bob", "cid@example.org,Cid", "dot@example.org,"
    )
    assert counts(import_csv(store, clock, publication.id, path)) == (0, 0, 1, 3, 0)
    kept = readers(store, publication)
    assert set(kept) == {"ada@example.org", "cid@example.org"}
    assert (kept["ada@example.org"].consent, kept["ada@example.org"].consent_how) == (Consent.UNSUBSCRIBED, "one-click")
    assert kept["ada@example.org"].name == "Ada B."


def test_a_list_can_say_no_for_a_reader(
    store: Store, clock: Clock, publication: Publication, a_list: WriteList
) -> None:
    import_csv(store, clock, publication.id, a_list("email", "ada@example.org"))
    path = a_list("email,status", "ada@example.org,unsubscribed")
    assert counts(import_csv(store, clock, publication.id, path)) == (0, 1, 0, 0, 0)
    assert readers(store, publication)["ada@example.org"].consent is Consent.UNSUBSCRIBED


def test_a_second_publication_keeps_what_the_first_knows(
    store: Store, clock: Clock, publication: Publication, a_list: WriteList
) -> None:
    import_csv(store, clock, publication.id, a_list("email,name,town", "ada@example.org,Ada,Alderwick"))
    with store.writing() as tx:
        other = publications.add(tx, "Towpath Notes", now=clock.now())
    assert counts(import_csv(store, clock, other.id, a_list("email", "ada@example.org"))) == (1, 0, 0, 0, 0)
    for one in (publication, other):
        assert readers(store, one)["ada@example.org"].fields == {"town": "Alderwick"}


def test_a_cell_without_a_column_name_is_not_lost_in_silence(
    store: Store, clock: Clock, publication: Publication, a_list: WriteList
) -> None:
    report = import_csv(
        store, clock, publication.id, a_list("email,,name", "ada@example.org,,A", "bob@example.org,x,B")
    )
    assert [(one.line, one.reason) for one in report.rejected] == [(3, "it has a cell in a column without a name")]


def test_rejected_rows_that_cannot_be_written_are_still_told(
    store: Store, clock: Clock, publication: Publication, a_list: WriteList
) -> None:
    path = a_list("email", "nobody", "ada@example.org")
    path.with_name("rejected.csv").mkdir()
    report = import_csv(store, clock, publication.id, path)
    assert counts(report) == (1, 0, 0, 0, 1)
    assert report.rejected_file is None and "rejected.csv could not be written" in (report.not_written or "")
    assert not path.with_name("rejected.csv.partial").exists()


def test_a_windows_list_is_read(store: Store, clock: Clock, publication: Publication, a_list: WriteList) -> None:
    report = import_csv(
        store, clock, publication.id, a_list(raw="email;name\r\njose@example.org;José Müller\r\n".encode("cp1252"))
    )
    assert report.encoding == "cp1252"
    assert readers(store, publication)["jose@example.org"].name == "José Müller"


def test_progress_counts_to_the_number_of_rows(sqlite_store: Store, clock: Clock, a_list: WriteList) -> None:
    with sqlite_store.writing() as tx:
        publication = publications.add(tx, "Alderwick Letter", now=clock.now())
    told: list[tuple[int, int]] = []
    path = a_list("email", *(f"r{number}@example.org" for number in range(10_050)), "nobody")
    import_csv(sqlite_store, clock, publication.id, path, progress=lambda done, total: told.append((done, total)))
    assert told == [(10_000, 10_051), (10_051, 10_051)]
